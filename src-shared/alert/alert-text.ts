import { metricInfo } from '../metric/metric-info.ts'
import { formatDuration } from '../format/duration.ts'
import { formatLevel, formatValue } from '../format/number.ts'
import type { Alert } from './alert.ts'

const longestNotification = 200

/**
 * The alert in one line, without its node: "CPU 97.2 % > 95 % for 2 m", or "no CPU data for 1 m".
 * @param unit the producer's unit, for metrics that ReMo does not know
 */
export function alertSentence(alert: Alert, unit?: string): string {
  const metric = metricInfo(alert.metric, unit)
  if (alert.kind === 'no-data') return `no ${metric.shortLabel} data for ${formatDuration(alert.threshold * 1000)}`
  const sign = alert.condition === 'greater' ? '>' : '<'
  const levels = `${formatValue(alert.value, metric.unit)} ${sign} ${formatLevel(alert.threshold, metric.unit)}`
  const held = alert.forSeconds > 0 ? ` for ${formatDuration(alert.forSeconds * 1000)}` : ''
  return `${metric.shortLabel} ${levels}${held}`
}

/** Title and body of one native notification, together at most 200 characters. */
export function notificationText(alert: Alert): { title: string; body: string } {
  const title = truncate(
    `[${alert.severity.toUpperCase()}] ${alert.nodeId} ${alertSentence(alert)}`,
    longestNotification,
  )
  const body =
    alert.nodeName === alert.nodeId ? 'Click to open the alert.' : `${alert.nodeName}: click to open the alert.`
  return { title, body: truncate(body, longestNotification - title.length) }
}

/** Cuts to `max` UTF-16 units, with an ellipsis, never inside a surrogate pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  if (max <= 0) return ''
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
