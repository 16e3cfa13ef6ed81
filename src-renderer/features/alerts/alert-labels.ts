import { type Alert, type AlertEvent, isOwnAlert, type NotifiedAs } from '#shared/alert/alert.ts'
import { ownKindText } from '#shared/alert/own-text.ts'
import {
  alertCondition,
  alertNode,
  alertValue,
  clearLevelOf,
  isBreaching,
  isFlapping,
} from '#shared/alert/alert-text.ts'
import { changesText, type HeldAlert } from '#shared/alert/held.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatLevel, formatValueBeside, unitSpace } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { flappingChanges, flappingWindowSeconds, isOfflineRule, type Rule } from '#shared/rule/rule.ts'
import { scopeText } from '#shared/rule/rule-scope.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { shortTimeOrDate } from '../../live/local-time.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'

/** Label of a provisional alert: it was already firing when this console started to read. */
export const startUnknownLabel = 'Start time unknown'

const offlineLabel = 'Node offline'

/** What is true of its value: `> 95 % for 2 m`, `clears below 75 %`, or `no data for 1 m`. */
export function conditionText(alert: Alert, rule: Rule | undefined, unit: string): string {
  if (alert.kind === 'no-data') return `no data for ${formatDuration(alert.threshold * 1000)}`
  if (alert.kind === 'offline') return `no sample for ${formatDuration(alert.threshold * 1000)}`
  return alertCondition(alert, { unit, clear: clearLevelOf(alert, rule) })
}

/** Follows the condition in the details: when the alert resolves. */
export function clearsText(alert: Alert, rule: Rule | undefined, unit: string): string {
  if (isOwnAlert(alert)) return ''
  if (alert.kind !== 'value') return ', resolves with the next sample'
  // The condition says it already.
  if (!isBreaching(alert) || isFlapping(alert) || rule === undefined || isOfflineRule(rule) || rule.clear === undefined)
    return ''
  const beyond = alert.condition === 'greater' ? 'below' : 'above'
  return `, clears ${beyond} ${formatLevel(rule.clear, metricInfo(alert.metric, unit).unit)}`
}

export function metricText(alert: Alert, unit: string): string {
  if (isOwnAlert(alert)) return ownKindText[alert.kind]
  if (alert.kind === 'offline') return offlineLabel
  const { label, shortLabel } = metricInfo(alert.metric, unit)
  return alert.kind === 'no-data' ? `No ${shortLabel} data` : label
}

/** `anna until 13:26`: who silences an alert, and when that ends. Both in epoch ms. */
export function silencedUntil({ updatedBy }: Silence, until: number | undefined, now: number): string {
  return until === undefined ? shownText(updatedBy) : `${shownText(updatedBy)} until ${shortTimeOrDate(until, now)}`
}

/** The rule that raised the alert: `All nodes · CPU usage · v3`. */
export function ruleText(alert: Alert, rule: Rule | undefined, unit: string): string {
  if (isOwnAlert(alert)) return 'Settings of this console'
  const metric = alert.kind === 'offline' ? offlineLabel : metricInfo(alert.metric, unit).label
  if (!rule) return `${metric} · v${alert.ruleVersion} (since changed or deleted)`
  const scope = rule.scope.kind === 'all' ? 'All nodes' : scopeText(rule.scope)
  return `${scope} · ${metric} · v${alert.ruleVersion}`
}

type EventLine = (event: AlertEvent, at: string) => { state: DisplayState; text: string }
const severityOf = (event: AlertEvent): DisplayState => event.severity ?? 'unknown'

const lines: Record<AlertEvent['kind'], EventLine> = {
  pending: (_event, at) => ({ state: 'unknown', text: `Pending${at}` }),
  opened: (event, at) => ({ state: severityOf(event), text: `Firing, ${event.severity ?? ''}${at}` }),
  escalated: (event, at) => ({ state: severityOf(event), text: `Escalated to ${event.severity ?? ''}${at}` }),
  eased: (event, at) => ({ state: severityOf(event), text: `Lowered to ${event.severity ?? ''}${at}` }),
  resolved: (_event, at) => ({ state: 'ok', text: `Resolved${at}` }),
  acknowledged: ({ by, comment }) => ({
    state: 'ok',
    text: `Acknowledged${by ? ` by ${by}` : ''}${comment ? `: “${comment}”` : ''}`,
  }),
  unacknowledged: ({ by }) => ({ state: 'unknown', text: `Acknowledgement undone${by ? ` by ${by}` : ''}` }),
  'rule-changed': ({ by }) => ({ state: 'unknown', text: `Threshold changed${by ? ` by ${by}` : ''}` }),
  flapping: (event, at) => ({
    state: severityOf(event),
    text: `Flapping, more than ${flappingChanges - 1} changes in ${flappingWindowSeconds / 60} minutes${at}`,
  }),
  settled: (event, at) => ({ state: severityOf(event), text: `Steady again, ${event.severity ?? ''}${at}` }),
  stale: () => ({ state: 'unknown', text: 'Stale, the node is offline' }),
  returned: () => ({ state: 'unknown', text: 'The node is back' }),
  expired: ({ by }) => ({ state: 'unknown', text: `Acknowledgement${by ? ` by ${by}` : ''} expired` }),
  commented: ({ by, comment }) => ({ state: 'unknown', text: `${by ?? ''}: “${comment ?? ''}”` }),
  assigned: ({ by, to, comment }) => ({
    state: 'unknown',
    text: (by === to ? `Taken over by ${by ?? ''}` : `Assigned to ${to ?? ''} by ${by ?? ''}`) + quoted(comment),
  }),
  silenced: ({ by, comment }) => ({ state: 'unknown', text: `Silenced${by ? ` by ${by}` : ''}${quoted(comment)}` }),
  unsilenced: () => ({ state: 'unknown', text: 'No longer silenced' }),
  notified: ({ as }) => ({
    state: 'unknown',
    text: as === undefined ? 'Notification shown on this computer' : notifiedTexts[as],
  }),
}

const notifiedTexts: Record<NotifiedAs, string> = {
  popup: 'Popup shown on this computer',
  summary: 'Named in a summary on this computer',
  digest: 'Named in a digest on this computer',
  toast: 'Shown only in the window: this computer refused the popup',
  reminder: 'Reminder shown on this computer',
  resolved: 'Its end was shown on this computer',
}

function quoted(comment: string | undefined): string {
  return comment ? `: “${comment}”` : ''
}

/** Who took the alert over, or was given it, last. */
export function assigneeOf({ notes = [] }: Alert): { readonly to: string; readonly at: number } | undefined {
  const note = notes.findLast(({ kind, to }) => kind === 'assigned' && to !== undefined)
  return note?.to === undefined ? undefined : { to: note.to, at: note.at }
}

/** What a line of the timeline needs beyond its event. */
export interface TimelineFacts {
  readonly alert: Alert
  readonly rule: Rule | undefined
  readonly unit: string
  /** A time as the reader's clock shows it. `at`: epoch ms. */
  readonly timeOf: (at: number) => string
}

/** What a line about missing data says of its node or its metric; `undefined`: as for a value. */
function absenceText({ kind }: AlertEvent, { alert, unit, timeOf }: TimelineFacts): string | undefined {
  if (alert.kind === 'value' || isOwnAlert(alert)) return undefined
  const isBack = kind === 'resolved' && alert.resolveReason === 'data-returned'
  if (!isBack && kind !== 'opened') return undefined
  const node = alertNode(alert)
  const since = timeOf(alert.since)
  if (alert.kind === 'offline') return isBack ? `${node} is back` : `${node} is offline, last seen ${since}`
  const { shortLabel } = metricInfo(alert.metric, unit)
  return isBack ? `${shortLabel} data is back` : `No ${shortLabel} data since ${since}`
}

/** One line of the timeline, with the state of its icon. After it was lowered, it says when the alert resolves. */
export function eventText(event: AlertEvent, facts: TimelineFacts): { state: DisplayState; text: string } {
  const { alert, rule, unit, timeOf } = facts
  const absence = absenceText(event, facts)
  if (absence !== undefined) return { ...lines[event.kind](event, ''), text: absence }
  if (event.value === undefined) return lines[event.kind](event, '')
  if (isOwnAlert(alert)) return lines[event.kind](event, ` at ${alertValue({ ...alert, value: event.value }, {})}`)
  const info = metricInfo(alert.metric, unit)
  const line = lines[event.kind](event, ` at ${formatValueBeside(event.value, levelsOf(facts), info.unit)}`)
  if (event.clearSince !== undefined) return { ...line, text: `${line.text}, clear since ${timeOf(event.clearSince)}` }
  if (event.kind !== 'eased' || alert.phase === 'resolved') return line
  const lowered = { ...alert, value: event.value }
  return { ...line, text: `${line.text}, ${alertCondition(lowered, { unit, clear: clearLevelOf(alert, rule) })}` }
}

function levelsOf({ alert, rule }: Pick<TimelineFacts, 'alert' | 'rule'>): readonly number[] {
  const levels = rule === undefined || isOfflineRule(rule) ? [] : [rule.warning, rule.critical, rule.clear]
  return [alert.threshold, ...levels].filter((level) => level !== undefined)
}

const reasons: Record<NonNullable<Alert['resolveReason']>, string> = {
  cleared: 'the value cleared',
  'data-returned': 'data came back',
  'rule-changed': 'the threshold was changed',
  'node-forgotten': 'the node was forgotten',
}

/** Why a resolved alert ended, and since when its values had been clear, if a hold passed. */
export function resolvedText({ resolveReason, clearSince }: Alert, timeOf: TimelineFacts['timeOf']): string {
  if (resolveReason === undefined) return ''
  return `, ${reasons[resolveReason]}${clearSince === undefined ? '' : `, clear since ${timeOf(clearSince)}`}`
}

/** Since when it is flapping, and how often it has changed: "flapping since 12:01, 7 changes". */
export function flappingText(
  { flappingSince }: Alert,
  held: HeldAlert | undefined,
  timeOf: TimelineFacts['timeOf'],
): string {
  if (flappingSince === undefined) return ''
  return `flapping since ${timeOf(flappingSince)}${held?.changes === undefined ? '' : `, ${changesText(held.changes)}`}`
}

/** How often an alert has fired again. Each time its hold is longer. */
export function refiresText(refires: number): string {
  const within = `within 1${unitSpace}h of its end`
  return refires === 1 ? `once, ${within}` : `${refires} times, each ${within}`
}

/** The value at which an alert resolved, if one is known. It never reads like its clear level. */
export function resolvedValueText({ resolvedValue }: Alert, facts: Omit<TimelineFacts, 'timeOf'>): string | undefined {
  if (resolvedValue === undefined) return undefined
  return formatValueBeside(resolvedValue, levelsOf(facts), metricInfo(facts.alert.metric, facts.unit).unit)
}
