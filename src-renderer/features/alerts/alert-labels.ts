import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatLevel, formatValue } from '#shared/format/number.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import { isOfflineRule, type Rule } from '#shared/rule/rule.ts'
import type { DisplayState } from '../../ui/values/display-state.ts'

/** Label of a provisional alert: it was already firing when this console started to read. */
export const startUnknownLabel = 'Start time unknown'

/** `> 95 % for 2 m`, or `no data for 1 m`. */
export function thresholdText(alert: Alert, unit: string): string {
  if (alert.kind === 'no-data') return `no data for ${formatDuration(alert.threshold * 1000)}`
  const info = metricInfo(alert.metric, unit)
  const held = alert.forSeconds > 0 ? ` for ${formatDuration(alert.forSeconds * 1000)}` : ''
  return `${alert.condition === 'greater' ? '>' : '<'} ${formatLevel(alert.threshold, info.unit)}${held}`
}

/** Follows the condition in the details: when the alert resolves. */
export function clearsText(alert: Alert, rule: Rule | undefined, unit: string): string {
  if (alert.kind === 'no-data') return ', resolves with the next sample'
  if (rule === undefined || isOfflineRule(rule) || rule.clear === undefined) return ''
  const beyond = alert.condition === 'greater' ? 'below' : 'above'
  return `, clears ${beyond} ${formatLevel(rule.clear, metricInfo(alert.metric, unit).unit)}`
}

export function metricText(alert: Alert, unit: string): string {
  const { label, shortLabel } = metricInfo(alert.metric, unit)
  return alert.kind === 'no-data' ? `No ${shortLabel} data` : label
}

/** The rule that raised the alert: `All nodes · CPU usage · v3`. */
export function ruleText(alert: Alert, rule: Rule | undefined, unit: string): string {
  const metric = metricInfo(alert.metric, unit).label
  if (!rule) return `${metric} · v${alert.ruleVersion} (since changed or deleted)`
  const scope = rule.scope.kind === 'all' ? 'All nodes' : rule.scope.nodeId
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
  unacknowledged: ({ by }) => ({ state: 'unknown', text: `Acknowledgement withdrawn${by ? ` by ${by}` : ''}` }),
  'rule-changed': ({ by }) => ({ state: 'unknown', text: `Threshold changed${by ? ` by ${by}` : ''}` }),
  notified: () => ({ state: 'unknown', text: 'Notification shown on this computer' }),
}

/** One line of the timeline, with the state of its icon. */
export function eventText(event: AlertEvent, unit: string): { state: DisplayState; text: string } {
  return lines[event.kind](event, event.value === undefined ? '' : ` at ${formatValue(event.value, unit)}`)
}
