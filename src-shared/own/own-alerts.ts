import { withAcknowledgement } from '../alert/acknowledgement.ts'
import { type AlertEvent, type OwnAlert, type OwnAlertKind, ownRuleIds, type ResolveReason } from '../alert/alert.ts'
import type { AlertSeverity } from '../alert/severity.ts'
import { withWorstValue } from '../alert/worst-value.ts'
import { minuteMs, secondMs } from '../format/time-units.ts'
import { blindAlertAfterMs, isBlindAlertDue } from '../health/assess-health.ts'
import type { Health } from '../health/health.ts'
import { type CatchingUp, countedLag, type ReadingLag } from './lag-watch.ts'
import { type Change, type Levels, type Watch, watchLevel } from './level-watch.ts'
import type { OwnAlertSettings } from './own-settings.ts'

/** Records must be rejected for so long. */
const rejectsForMs = 5 * minuteMs
const lagClearForMs = 30 * secondMs
const rejectsClearForMs = minuteMs
/** Hysteresis: shares of the level below which an alert of lag ends, or is a warning again. */
const lagClearShare = 0.5
const lagEaseShare = 0.75

/** What a console knows about itself at one moment. */
export interface OwnFacts {
  /** Epoch ms of this computer's clock. */
  readonly now: number
  readonly settings: OwnAlertSettings
  readonly health: Health
  /** A record was ever read: before that, nothing is watched. */
  readonly hasSamples: boolean
  /** `undefined` while nothing is read. */
  readonly lag: ReadingLag | undefined
  /** Records that were rejected in the last minute. */
  readonly rejectedPerMinute: number
  /** Since when the backend is unreachable, epoch ms; `undefined`: it answers, or this console uses none. */
  readonly backendAwaySince: number | undefined
  /** Makes the id of an alert. */
  readonly newId: () => string
}

/** What has to be remembered between two moments. It begins anew with each run; open alerts are stored. */
export interface OwnState {
  readonly catchingUp?: CatchingUp | undefined
  readonly lag: Watch
  readonly rejects: Watch
}

export const noOwnState: OwnState = { lag: {}, rejects: {} }

/** An alert in its new state, and the lines that this adds to its timeline. */
export interface OwnChange {
  readonly alert: OwnAlert
  readonly events: readonly AlertEvent[]
  /** What the operator is notified of. */
  readonly notify?: 'opened' | 'escalated' | 'resolved'
}

type Open = ReadonlyMap<OwnAlertKind, OwnAlert>

/**
 * What a console has to say about itself: alerts that open, change and end, at most one of each kind at a time.
 *
 * @param open the firing alerts of this console
 */
export function stepOwn(state: OwnState, open: Open, facts: OwnFacts): readonly [OwnState, readonly OwnChange[]] {
  const { settings, now, newId } = facts
  const [catchingUp, lagMs] = countedLag(state.catchingUp, facts.lag, now)
  const seconds = lagMs === undefined ? undefined : lagMs / secondMs
  const lagLevels = levelsOfLag(settings)
  const [lag, lagChange] = watchLevel(state.lag, lagLevels, { value: seconds, open: levelOf(open.get('lag')), now })
  const [rejects, rejectsChange] = watchRejects(state.rejects, open, facts)
  const making = { open, now, newId }
  const ofLag = { kind: 'lag', levels: lagLevels, value: seconds ?? 0, cause: facts.lag?.where } as const
  const changes = [
    changed(ofLag, lagChange, making),
    rejectsChange === 'off'
      ? ended(open.get('rejects'), { now, reason: 'rule-changed' })
      : changed(rejectsOf(facts), rejectsChange, making),
    blindChange(open.get('blind'), facts),
    backendChange(open.get('backend'), facts),
  ]
  return [{ catchingUp, lag, rejects }, changes.filter((change) => change !== undefined)]
}

/** Blindness has popups of its own, and what is for information has none. */
export function isNotifiedOwn({ kind, severity }: Pick<OwnAlert, 'kind' | 'severity'>): boolean {
  return kind !== 'blind' && severity !== 'info'
}

function levelsOfLag({ lagWarningSeconds, lagForSeconds, lagCriticalSeconds }: OwnAlertSettings): Levels {
  return {
    warning: { above: lagWarningSeconds, forMs: lagForSeconds * secondMs },
    critical: { above: lagCriticalSeconds },
    clear: lagClearShare * Math.min(lagWarningSeconds, lagCriticalSeconds),
    ease: lagEaseShare * lagCriticalSeconds,
    clearForMs: lagClearForMs,
  }
}

function levelsOfRejects(perMinute: number): Levels {
  return {
    warning: { above: perMinute, forMs: rejectsForMs },
    clear: perMinute,
    ease: perMinute,
    clearForMs: rejectsClearForMs,
  }
}

function levelOf(alert: OwnAlert | undefined): 'warning' | 'critical' | undefined {
  if (alert === undefined) return undefined
  return alert.severity === 'critical' ? 'critical' : 'warning'
}

/** While nothing is read, nobody knows how many would be rejected. */
function watchRejects(before: Watch, open: Open, facts: OwnFacts): readonly [Watch, (Change | 'off')?] {
  const { settings, health, rejectedPerMinute, now } = facts
  if (settings.rejectsPerMinute === undefined) return [{}, 'off']
  const isRead = health.kind === 'live' || health.kind === 'catching-up' || rejectedPerMinute > 0
  const input = { value: isRead ? rejectedPerMinute : undefined, open: levelOf(open.get('rejects')), now }
  return watchLevel(before, levelsOfRejects(settings.rejectsPerMinute), input)
}

interface Watched {
  readonly kind: 'lag' | 'rejects'
  readonly levels: Levels
  readonly value: number
  readonly cause?: string | undefined
}

function rejectsOf({ settings, rejectedPerMinute: value }: OwnFacts): Watched {
  return { kind: 'rejects', levels: levelsOfRejects(settings.rejectsPerMinute ?? 0), value }
}

interface Making {
  readonly open: Open
  readonly now: number
  readonly newId: () => string
}

function changed(watched: Watched, change: Change | undefined, { open, now, newId }: Making): OwnChange | undefined {
  const { kind, value, cause } = watched
  const alert = open.get(kind)
  if (change === undefined) return undefined
  if (change.kind === 'opened') {
    const { severity, since, first } = change
    const made = { kind, severity, since, value, cause, ...levelFields(watched, severity), id: newId(), now }
    const pending: AlertEvent = { alertId: made.id, kind: 'pending', at: since, value: round(first) }
    return opened(made, since < now ? [pending] : [])
  }
  if (alert === undefined) return undefined
  if (change.kind === 'resolved') return ended(alert, { now, reason: 'cleared', value, clearSince: change.clearSince })
  const severity = change.kind === 'escalated' ? 'critical' : 'warning'
  const fields = { severity, value: round(value), ...levelFields(watched, severity) } as const
  const next = withWorstValue<OwnAlert>({ ...alert, ...fields }, alert)
  return {
    // An acknowledgement was given to a less severe alert.
    alert: severity === 'critical' ? withAcknowledgement(next, undefined) : next,
    events: [{ alertId: alert.id, kind: change.kind, at: now, severity, value: round(value) }],
    ...(change.kind === 'escalated' ? { notify: 'escalated' } : {}),
  }
}

function levelFields({ levels }: Watched, severity: AlertSeverity): Pick<OwnAlert, 'threshold' | 'forSeconds'> {
  const { warning, critical } = levels
  if (severity === 'critical' && critical !== undefined) return { threshold: critical.above, forSeconds: 0 }
  return { threshold: warning.above, forSeconds: warning.forMs / secondMs }
}

function blindChange(alert: OwnAlert | undefined, facts: OwnFacts): OwnChange | undefined {
  const { health, now, hasSamples, newId } = facts
  if (health.kind !== 'blind') return ended(alert, { now, reason: 'cleared' })
  if (alert !== undefined || !hasSamples || !isBlindAlertDue(health, now)) return undefined
  return opened(blindOpening({ id: newId(), since: health.since, now, cause: health.detail }))
}

interface Blind {
  readonly id: string
  readonly since: number
  readonly now: number
  readonly cause: string
}

/** An alert that says since when and why monitoring is blind. Times are epoch ms. */
export function blindAlertOf(blind: Blind): OwnAlert {
  return opened(blindOpening(blind)).alert
}

function blindOpening(blind: Blind): Opening {
  return { kind: 'blind', severity: 'critical', value: null, threshold: blindAlertAfterMs / secondMs, ...blind }
}

function backendChange(alert: OwnAlert | undefined, facts: OwnFacts): OwnChange | undefined {
  const { settings, backendAwaySince: since, now, newId } = facts
  const { backendAwayMinutes: minutes } = settings
  if (since === undefined) return ended(alert, { now, reason: 'cleared' })
  if (minutes === undefined) return ended(alert, { now, reason: 'rule-changed' })
  if (alert !== undefined || now - since < minutes * minuteMs) return undefined
  const threshold = (minutes * minuteMs) / secondMs
  return opened({ kind: 'backend', severity: 'info', since, value: null, threshold, id: newId(), now })
}

interface Opening {
  readonly id: string
  readonly kind: OwnAlertKind
  readonly severity: AlertSeverity
  readonly since: number
  readonly now: number
  readonly value: number | null
  readonly threshold: number
  readonly forSeconds?: number
  readonly cause?: string | undefined
}

function opened(
  { id, kind, severity, since, now, value, threshold, forSeconds = 0, cause }: Opening,
  before: readonly AlertEvent[] = [],
): OwnChange {
  const known = value === null ? null : round(value)
  const alert: OwnAlert = {
    ...{ id, kind, severity, threshold, forSeconds, since, ruleId: ownRuleIds[kind], ruleVersion: 1 },
    ...{ nodeId: '', nodeName: '', metric: '', phase: 'firing', condition: 'greater' },
    openedAt: now,
    value: known,
    provisional: false,
    ...(cause === undefined ? {} : { cause }),
  }
  const event: AlertEvent = {
    alertId: id,
    kind: 'opened',
    at: now,
    severity,
    ...(known === null ? {} : { value: known }),
  }
  return { alert, events: [...before, event], ...(isNotifiedOwn(alert) ? { notify: 'opened' } : {}) }
}

interface Ending {
  readonly now: number
  readonly reason: ResolveReason
  readonly value?: number
  readonly clearSince?: number
}

function ended(alert: OwnAlert | undefined, ending: Ending): OwnChange | undefined {
  if (alert === undefined) return undefined
  const { now, reason: resolveReason, value, clearSince } = ending
  const resolvedAt = Math.max(now, alert.openedAt)
  const clear = clearSince === undefined ? {} : { clearSince }
  const resolved: OwnAlert = {
    ...withAcknowledgement(alert, undefined),
    ...{ phase: 'resolved', resolvedAt, resolveReason },
    ...(value === undefined ? {} : { resolvedValue: round(value) }),
    ...clear,
  }
  const shown = value === undefined ? {} : { value: round(value) }
  return {
    alert: resolved,
    events: [{ alertId: alert.id, kind: 'resolved', at: resolvedAt, ...shown, ...clear }],
    ...(isNotifiedOwn(alert) && resolveReason === 'cleared' ? { notify: 'resolved' } : {}),
  }
}

/** Whole seconds, or whole records. */
function round(value: number): number {
  return Math.round(value)
}
