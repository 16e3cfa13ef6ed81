import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { formatDuration, formatLag } from '../format/duration.ts'
import { formatCount } from '../format/number.ts'
import { formatClock, formatClockMinutes } from '../format/time.ts'
import type { Freshness, Health } from './health.ts'

const noRecordsAfterMs = 30_000
const catchingUpMs = 5_000
const blindAlertAfterMs = 60_000
const staleAfterMs = 15_000
const offlineAfterMs = 60_000

/** What the stream says of its connection. `since`: epoch ms of this machine's clock. */
type Connection =
  | {
      readonly kind: 'connecting' | 'disconnected'
      readonly since: number
      readonly detail: string
      readonly retryAt?: number
    }
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'stopped' }

/** What the data thread knows of its own work. Times are epoch ms, of this machine's clock unless they say otherwise. */
export interface HealthFacts {
  readonly now: number
  readonly startedAt: number
  readonly stream: Connection
  /** Topics that match the pattern. */
  readonly topics: number
  readonly pattern: string
  /** When the newest record was received, whatever its topic; `null` before the first one of this run. */
  readonly lastRecordAt: number | null
  /** Newest event time in the cache, of this run or an earlier one; `null` where no record was ever read. */
  readonly newestEventAt: number | null
  readonly lagMessages: number
  /** How far the newest record read is behind the newest one of the log. */
  readonly lagMs: number
  /** Set while nothing can be stored: one sentence for the operator. */
  readonly storageProblem?: string
}

/**
 * Whether what is on screen can be trusted. "Live" is said only after a record of this very connection was read and
 * not 30 s after the newest one: until then nobody knows how the fleet is.
 */
export function assessHealth(facts: HealthFacts): Health {
  const { stream, storageProblem, now, lagMessages, lagMs } = facts
  const knownUntil = facts.lastRecordAt ?? facts.startedAt
  if (storageProblem !== undefined)
    return { kind: 'blind', since: knownUntil, cause: 'storage', detail: storageProblem }
  if (stream.kind !== 'connected') return notConnected(stream, facts)
  if (facts.topics === 0) return { kind: 'empty', pattern: facts.pattern }
  const hasReceived = facts.lastRecordAt !== null && facts.lastRecordAt >= stream.since
  const lastSign = hasReceived ? knownUntil : stream.since
  if (now - lastSign >= noRecordsAfterMs) return noRecords(facts, knownUntil)
  if (lagMessages > 0 && lagMs > catchingUpMs) return { kind: 'catching-up', lagMessages, behindMs: lagMs }
  if (hasReceived) return { kind: 'live', behindMs: lagMs }
  return { kind: 'blind', since: knownUntil, cause: 'connecting', detail: 'Connected. Waiting for the first message.' }
}

/**
 * How much a node's newest sample still says: stale after three of its intervals (15 s at least), offline after 60 s,
 * or as soon as it would be stale where its interval is longer. NaN for an interval that is not known yet; `null` for
 * a node without a sample.
 */
export function freshnessOf(lastAt: number | null, intervalMs: number, now: number): Freshness {
  if (lastAt === null || Number.isNaN(lastAt)) return 'offline'
  const staleMs = Math.max(staleAfterMs, Number.isNaN(intervalMs) ? 0 : 3 * intervalMs)
  const age = now - lastAt
  if (age > Math.max(staleMs, offlineAfterMs)) return 'offline'
  return age > staleMs ? 'stale' : 'fresh'
}

/** Whether the operator is to be told that monitoring is blind: 60 s after it went so. */
export function isBlindAlertDue(health: Health, now: number): boolean {
  return health.kind === 'blind' && now - health.since >= blindAlertAfterMs
}

export type TrayState = 'ok' | 'warning' | 'critical' | 'blind' | 'catching-up'

/** The drawing in the tray: what cannot be trusted first, then the worst alert that nobody has taken on. */
export function trayState(health: Health, alerts: readonly Alert[], now: number): TrayState {
  if (health.kind === 'blind' || health.kind === 'empty') return 'blind'
  if (health.kind === 'catching-up') return 'catching-up'
  const open = alerts.filter((alert) => alert.phase === 'firing' && !isAcknowledged(alert, now))
  if (open.some((alert) => alert.severity === 'critical')) return 'critical'
  return open.length > 0 ? 'warning' : 'ok'
}

/** The wall clock that a text is for: `now` in epoch ms, the zone in minutes east of UTC. */
export interface WallClock {
  readonly now: number
  readonly offsetMinutes: number
}

/** "ReMo: 2 critical, 1 warning · live", "ReMo: not connected since 12:02". Acknowledged alerts are counted: they fire. */
export function trayTooltip(health: Health, alerts: readonly Alert[], clock: WallClock): string {
  if (health.kind === 'blind')
    return `ReMo: ${blindSince(health, formatClockMinutes(health.since, clock.offsetMinutes))}`
  if (health.kind === 'empty') return 'ReMo: connected, no metrics yet'
  const state = health.kind === 'live' ? 'live' : `catching up, ${formatDuration(health.behindMs)} behind`
  return `ReMo: ${alertCounts(alerts)} · ${state}`
}

/** Health in one sentence for the window: chip, banner, status bar. */
export function healthLine(health: Health, clock: WallClock): string {
  switch (health.kind) {
    case 'live':
      return `Live · ${formatLag(health.behindMs)} behind`
    case 'catching-up':
      return `Catching up · ${formatCount(health.lagMessages)} messages, ${formatDuration(health.behindMs)} behind`
    case 'empty':
      return `Connected, but no metrics yet on topics that match ${health.pattern}`
    case 'blind': {
      const since = blindSince(health, formatClock(health.since, clock.offsetMinutes))
      return `${since.charAt(0).toUpperCase()}${since.slice(1)}`
    }
  }
}

type Blind = Extract<Health, { kind: 'blind' }>

const blindWords: Readonly<Record<Blind['cause'], string>> = {
  connecting: 'not connected',
  disconnected: 'not connected',
  silent: 'no data on any topic',
  storage: 'unable to store messages',
  'data-thread': 'monitoring down',
}

function blindSince({ cause }: Blind, time: string): string {
  return `${blindWords[cause]} since ${time}`
}

function alertCounts(alerts: readonly Alert[]): string {
  const firing = alerts.filter((alert) => alert.phase === 'firing')
  const critical = firing.filter((alert) => alert.severity === 'critical').length
  const warning = firing.length - critical
  const parts = [critical > 0 ? `${critical} critical` : '', warning > 0 ? `${warning} warning` : '']
  return parts.filter((part) => part !== '').join(', ') || 'no alerts'
}

function notConnected(stream: Exclude<Connection, { kind: 'connected' }>, facts: HealthFacts): Health {
  if (stream.kind === 'stopped') {
    return {
      kind: 'blind',
      since: facts.lastRecordAt ?? facts.startedAt,
      cause: 'disconnected',
      detail: 'ReMo has stopped reading.',
    }
  }
  const wasConnected = stream.kind === 'disconnected' || facts.lastRecordAt !== null
  const retry = stream.retryAt === undefined ? {} : { retryAt: stream.retryAt }
  const cause = wasConnected ? 'disconnected' : 'connecting'
  const since = wasConnected ? stream.since : facts.startedAt
  return { kind: 'blind', since, cause, detail: stream.detail, ...retry }
}

function noRecords({ newestEventAt, pattern, lastRecordAt }: HealthFacts, since: number): Health {
  if (newestEventAt === null) return { kind: 'empty', pattern }
  const detail =
    lastRecordAt === null
      ? 'Connected, but no message has arrived on any topic since ReMo started.'
      : 'Connected, but no message has arrived on any topic for 30 s. Check that the producers are running.'
  return { kind: 'blind', since, cause: 'silent', detail }
}
