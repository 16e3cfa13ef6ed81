import type { CatchUpProgress } from './catch-up.ts'
import type { Health } from './health.ts'

const noRecordsAfterMs = 30_000
const catchingUpMs = 5_000
/** So long after monitoring went blind, the operator is notified. */
export const blindAlertAfterMs = 60_000

/** Connection state of the stream. `since`: epoch ms of this computer's clock. */
type Connection =
  | {
      readonly kind: 'connecting' | 'disconnected'
      readonly since: number
      readonly detail: string
      readonly retryAt?: number
    }
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'stopped' }

/** Input of `assessHealth`. Times are epoch ms of this computer's clock, except where noted. */
export interface HealthFacts {
  readonly now: number
  readonly startedAt: number
  readonly stream: Connection
  /** Topics that match the pattern. */
  readonly topics: number
  readonly pattern: string
  /** Arrival time of the newest record on any topic; `null` before the first one of this run. */
  readonly lastRecordAt: number | null
  /** Newest event time in the cache, also from earlier runs; `null` if no record was ever read. */
  readonly newestEventAt: number | null
  readonly lagMessages: number
  /** Lag of the newest record read behind the end of the log. */
  readonly lagMs: number
  /** How fast the backlog is read; absent until it is known. */
  readonly progress?: CatchUpProgress
  /** Set while records cannot be stored: one sentence for the operator. */
  readonly storageProblem?: string
}

/**
 * Whether the screen can be trusted. `live` needs a record of this connection, at most 30 s old. Without one, the state
 * of the nodes is unknown.
 */
export function assessHealth(facts: HealthFacts): Health {
  const { stream, storageProblem, now, lagMessages, lagMs, progress } = facts
  const knownUntil = facts.lastRecordAt ?? facts.startedAt
  if (storageProblem !== undefined)
    return { kind: 'blind', since: knownUntil, cause: 'storage', detail: storageProblem }
  if (stream.kind !== 'connected') return notConnected(stream, facts)
  if (facts.topics === 0) return { kind: 'empty', pattern: facts.pattern }
  const hasReceived = facts.lastRecordAt !== null && facts.lastRecordAt >= stream.since
  const lastSign = hasReceived ? knownUntil : stream.since
  if (now - lastSign >= noRecordsAfterMs) return noRecords(facts, knownUntil)
  if (lagMessages > 0 && lagMs > catchingUpMs) return { kind: 'catching-up', lagMessages, behindMs: lagMs, ...progress }
  if (hasReceived) return { kind: 'live', behindMs: lagMs }
  return { kind: 'blind', since: knownUntil, cause: 'connecting', detail: 'Connected. Waiting for the first message.' }
}

/** Whether to notify the operator that monitoring is blind: 60 s after it began. */
export function isBlindAlertDue(health: Health, now: number): boolean {
  return health.kind === 'blind' && now - health.since >= blindAlertAfterMs
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
  return { kind: 'blind', since, cause: 'no-records', detail }
}
