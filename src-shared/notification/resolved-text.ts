import { type Alert, isOwnAlert, type OwnAlert } from '../alert/alert.ts'
import { ownKindText, ownValue } from '../alert/own-text.ts'
import { worstValueOf } from '../alert/worst-value.ts'
import { formatDuration } from '../format/duration.ts'
import { formatValue } from '../format/number.ts'
import { shownText } from '../format/shown-text.ts'
import { metricInfo } from '../metric/metric-info.ts'
import type { PopupItem } from './notification-plan.ts'
import { areAlike, labelOf, listText } from './popup-text.ts'
import type { PopupText } from './popup-text.ts'

const mostNamed = 3

/** "Resolved: node-17 CPU 71.0 %", "Was 97.2 %, lasted 6 m 10 s." Several are counted. */
export function resolvedText(items: readonly PopupItem[]): PopupText {
  const alerts = items.map(({ alert }) => alert)
  const [first] = alerts
  if (!first) return { title: '', body: '' }
  if (alerts.length === 1) return { title: `Resolved: ${nowText(first)}`, body: wasText(first) }
  const nodes = new Set(alerts.map(({ nodeId }) => nodeId)).size
  const what =
    areAlike(alerts) && first.kind === 'value' ? `${labelOf(first)} on ${nodes} nodes` : `${alerts.length} alerts`
  return { title: `Resolved: ${what}`, body: `${listText(alerts.slice(0, mostNamed).map(nowText), alerts.length)}.` }
}

/** "node-17 CPU 71.0 %": the value of the recovery. */
function nowText(alert: Alert): string {
  if (isOwnAlert(alert)) return ownNowText(alert)
  const node = shownText(alert.nodeId)
  if (alert.kind === 'offline') return `${node} sends again`
  if (alert.kind === 'no-data') return `${node} has ${labelOf(alert)} data again`
  const { resolvedValue } = alert
  const value = resolvedValue === undefined ? '' : ` ${formatValue(resolvedValue, unitOf(alert))}`
  return `${node} ${labelOf(alert)}${value}`
}

/** "Reading lag 2 s". */
function ownNowText({ kind, resolvedValue: value }: OwnAlert): string {
  return value === undefined ? ownKindText[kind] : `${ownKindText[kind]} ${ownValue({ kind, value })}`
}

function wasText(alert: Alert): string {
  const lasted = formatDuration((alert.resolvedAt ?? alert.since) - alert.since)
  if (alert.kind === 'offline') return `Was offline for ${lasted}.`
  if (alert.kind === 'no-data') return `Had none for ${lasted}.`
  const worst = worstValueOf(alert)
  if (worst === undefined) return `Lasted ${lasted}.`
  const was = isOwnAlert(alert) ? ownValue({ ...alert, value: worst }) : formatValue(worst, unitOf(alert))
  return `Was ${was}, lasted ${lasted}.`
}

function unitOf({ metric }: Alert): string {
  return metricInfo(metric).unit
}
