import { isAcknowledged } from '../alert/acknowledgement.ts'
import type { Alert } from '../alert/alert.ts'
import { formatDuration, formatLag, timeLeft as countdown } from '../format/duration.ts'
import { formatCount, formatRate } from '../format/number.ts'
import { formatClock, formatClockMinutes, type TimeStyle } from '../format/time.ts'
import { countedAlerts } from '../alert/inhibit.ts'
import { attentionCounts, type AttentionFacts } from './attention.ts'
import type { Health } from './health.ts'

export type TrayState = 'ok' | 'warning' | 'critical' | 'blind' | 'catching-up' | 'do-not-disturb'

/**
 * State of the tray icon: lost trust first, then critical alerts that nobody has acknowledged, then do not disturb, then
 * warnings. Silenced alerts and those for information have no color. `pausedUntil`: end of do not disturb, epoch ms.
 */
export function trayState(
  facts: Pick<TrayFacts, 'health' | 'alerts' | 'isSilenced' | 'pausedUntil'>,
  now: number,
): TrayState {
  const { health, alerts, isSilenced, pausedUntil = -Infinity } = facts
  if (health.kind === 'blind' || health.kind === 'empty') return 'blind'
  if (health.kind === 'catching-up') return 'catching-up'
  const open = countedAlerts(alerts, isSilenced).filter((alert) => !isAcknowledged(alert, now))
  if (open.some((alert) => alert.severity === 'critical')) return 'critical'
  if (now < pausedUntil) return 'do-not-disturb'
  return open.some((alert) => alert.severity === 'warning') ? 'warning' : 'ok'
}

/** The wall clock for a text: `now` in epoch ms, and how times are written. */
export interface WallClock extends TimeStyle {
  readonly now: number
}

/** What the tray shows. `label`: of the connection; empty without one. */
export type TrayFacts = AttentionFacts & {
  readonly health: Health
  readonly alerts: readonly Alert[]
  readonly label?: string
  /** Alerts that nobody has looked at on this console, also resolved ones. */
  readonly unseen?: number
  /** End of do not disturb, epoch ms; absent while it is off. */
  readonly pausedUntil?: number | undefined
}

/**
 * "ReMo: 2 critical, 1 warning · live", "ReMo PROD: not connected since 12:02". Counts acknowledged alerts too: they
 * fire. With " · do not disturb, 42 m left" while that is on.
 */
export function trayTooltip(facts: TrayFacts, clock: WallClock): string {
  const { pausedUntil = -Infinity } = facts
  const paused = clock.now < pausedUntil ? ` · do not disturb, ${countdown(pausedUntil, clock.now)} left` : ''
  return stateTooltip(facts, clock) + paused
}

function stateTooltip(facts: TrayFacts, clock: WallClock): string {
  const { health, label = '' } = facts
  const remo = label === '' ? 'ReMo' : `ReMo ${label}`
  if (health.kind === 'blind') return `${remo}: ${blindSince(health, formatClockMinutes(health.since, clock))}`
  if (health.kind === 'empty') return `${remo}: connected, no metrics yet`
  const state = health.kind === 'live' ? 'live' : `catching up, ${formatDuration(health.behindMs)} behind`
  const { unseen = 0 } = facts
  return `${remo}: ${attentionCounts(facts)}${unseen > 0 ? ` · ${unseen} unseen` : ''} · ${state}`
}

/** Health in one sentence for the window: chip, banner, status bar. */
export function healthLine(health: Health, clock: WallClock): string {
  switch (health.kind) {
    case 'live':
      return `Live · ${formatLag(health.behindMs)} behind`
    case 'catching-up':
      return `Catching up · ${formatCount(health.lagMessages)} messages, ${formatDuration(health.behindMs)} behind${timeLeft(health, ' · ')}`
    case 'empty':
      return `Connected, but no metrics yet on topics that match ${health.pattern}`
    case 'blind': {
      const since = blindSince(health, formatClock(health.since, clock))
      return `${since.charAt(0).toUpperCase()}${since.slice(1)}`
    }
  }
}

type CatchingUp = Extract<Health, { kind: 'catching-up' }>

/** "Catching up: 120,431 messages left to read at 24,300 messages/s, about 5 s left. Values are 6 m 20 s old." */
export function catchingUpText(health: CatchingUp): string {
  const { lagMessages, behindMs } = health
  const left = `${formatCount(lagMessages)} messages left to read${progressText(health)}`
  return `Catching up: ${left}. Values are ${formatDuration(behindMs)} old.`
}

function progressText(health: CatchingUp): string {
  const { messagesPerSecond: rate, leftMs } = health
  if (rate === undefined) return ''
  if (rate === 0) return '; no message was read in the last seconds'
  const speed = ` at ${formatRate(rate)} messages/s`
  return speed + (leftMs === undefined ? '; new ones arrive at least as fast' : timeLeft(health, ', '))
}

/** Rounded up to seconds; an estimate of 0 seconds would look done. */
function timeLeft({ leftMs }: CatchingUp, separator: string): string {
  return leftMs === undefined
    ? ''
    : `${separator}about ${formatDuration(Math.ceil(Math.max(1, leftMs) / 1000) * 1000)} left`
}

type Blind = Extract<Health, { kind: 'blind' }>

const blindWords: Readonly<Record<Blind['cause'], string>> = {
  connecting: 'not connected',
  disconnected: 'not connected',
  'no-records': 'no data on any topic',
  storage: 'unable to store messages',
  'data-thread': 'monitoring down',
}

function blindSince({ cause }: Blind, time: string): string {
  return `${blindWords[cause]} since ${time}`
}
