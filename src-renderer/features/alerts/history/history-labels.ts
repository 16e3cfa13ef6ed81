import { type Alert, isOwnAlert, type NotifiedAs } from '#shared/alert/alert.ts'
import { alertValue } from '#shared/alert/alert-text.ts'
import { formatDuration } from '#shared/format/duration.ts'
import { formatLevel, formatValue, formatValueBeside, unknownText } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import type { AlertEntry, BlindEntry, HistoryOutcome } from '#shared/history/history.ts'
import { metricInfo } from '#shared/metric/metric-info.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import { metricText, resolvedValueText } from '../alert-labels.ts'

/** Choices of the filter. */
export const outcomes: ReadonlyArray<{ readonly value: HistoryOutcome | 'any'; readonly label: string }> = [
  { value: 'any', label: 'Any outcome' },
  { value: 'firing', label: 'Still fires' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'unacknowledged', label: 'Not acknowledged' },
  { value: 'silenced', label: 'Silenced' },
  { value: 'flapped', label: 'Flapped' },
]

export const severities: ReadonlyArray<{ readonly value: AlertSeverity | 'any'; readonly label: string }> = [
  { value: 'any', label: 'Any severity' },
  { value: 'critical', label: 'Critical' },
  { value: 'warning', label: 'Warning' },
  { value: 'info', label: 'Info' },
]

/** What an alert was about: `CPU > 95 %`, `No CPU data`, `Node offline`. */
export function whatText(alert: Alert, unit: string): string {
  if (alert.kind !== 'value') return metricText(alert, unit)
  const { shortLabel, unit: shownUnit } = metricInfo(alert.metric, unit)
  return `${shortLabel} ${alert.condition === 'greater' ? '>' : '<'} ${formatLevel(alert.threshold, shownUnit)}`
}

/** The value farthest beyond its level. It never reads like the level. */
export function worstText({ alert, worstValue }: AlertEntry, unit: string): string {
  const info = metricInfo(alert.metric, unit)
  if (worstValue === null) return unknownText
  if (isOwnAlert(alert)) return alertValue({ ...alert, value: worstValue }, {})
  return alert.kind === 'value' ? formatValueBeside(worstValue, [alert.threshold], info.unit) : formatValue(worstValue)
}

/** How an alert ended, and the picture beside it. */
export interface Outcome {
  readonly look: 'firing' | 'ok' | 'flapped' | 'silenced' | 'ended'
  readonly text: string
}

export function outcomeOf(entry: AlertEntry, rule: Rule | undefined, unit: string): Outcome {
  const { alert, flapped, silencedBy } = entry
  if (alert.phase === 'firing') return { look: 'firing', text: flapped ? 'Still fires, flapping' : 'Still fires' }
  if (silencedBy !== undefined) return { look: 'silenced', text: `Silenced by ${shownText(silencedBy)}` }
  if (flapped) return { look: 'flapped', text: 'Flapped' }
  return endOf(alert, rule, unit)
}

/** How it ended, without what happened before. */
export function endOf(alert: Alert, rule: Rule | undefined, unit: string): Outcome {
  switch (alert.resolveReason) {
    case 'rule-changed':
      return { look: 'ended', text: isOwnAlert(alert) ? 'Setting changed' : 'Threshold changed' }
    case 'node-forgotten':
      return { look: 'ended', text: 'Node forgotten' }
    case 'data-returned':
      return { look: 'ok', text: alert.kind === 'offline' ? 'Back online' : 'Data came back' }
    default: {
      const value = resolvedValueText(alert, { alert, rule, unit })
      return { look: 'ok', text: value === undefined ? 'Resolved' : `Resolved at ${value}` }
    }
  }
}

export function blindOutcome({ to }: BlindEntry): Outcome {
  return to === null ? { look: 'firing', text: 'Still blind' } : { look: 'ok', text: 'Live again' }
}

/** Who acknowledged it first, and how long after it had fired: `anna, 1 m 40 s`. */
export function acknowledgedText({ alert, acknowledged }: AlertEntry): string {
  if (acknowledged === undefined) return unknownText
  return `${shownText(acknowledged.by)}, ${formatDuration(Math.max(0, acknowledged.at - alert.openedAt))}`
}

const shownAs: Record<NotifiedAs, string> = {
  popup: 'popup',
  summary: 'summary',
  digest: 'digest',
  toast: 'in the window',
  reminder: 'reminder',
  resolved: 'resolved',
}

/** How this console showed it: `popup, digest`, or `list only`. */
export function notifiedText({ notified }: Pick<AlertEntry, 'notified'>): string {
  return notified.length === 0 ? 'list only' : [...new Set(notified)].map((as) => shownAs[as]).join(', ')
}
