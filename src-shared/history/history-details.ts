import { type Alert, type AlertEvent, isOwnAlert, type NotifiedAs } from '../alert/alert.ts'
import { ownKindText, ownNodeText } from '../alert/own-text.ts'
import { type AlertSeverity, compareSeverities } from '../alert/severity.ts'
import { metricInfo } from '../metric/metric-info.ts'
import type { HistoryDetails } from './history.ts'

/** Order of `notified`: the one that names the alert first. */
const notifiedOrder: readonly NotifiedAs[] = ['popup', 'summary', 'digest', 'toast', 'reminder', 'resolved']

/** Kinds of events whose value was beyond a level. */
const breaching: ReadonlySet<AlertEvent['kind']> = new Set(['pending', 'opened', 'escalated', 'eased'])

/**
 * What the history shows of an alert beside it. The alert may know more than its events, as one of a colleague's
 * console does, and the events more than the alert: an acknowledgement ends with an escalation.
 */
export function historyDetails(alert: Alert, events: readonly AlertEvent[]): HistoryDetails {
  const acknowledged = firstOf([...acknowledgementsOf(alert), ...events.filter(isOf('acknowledged'))])
  const silenced = firstOf(events.filter(isOf('silenced')))
  const shown = new Set(events.filter(isOf('notified')).map((event) => event.as ?? 'popup'))
  return {
    worst: worstOf(alert, events),
    worstValue: worstValueIn(alert, events),
    ...(acknowledged?.by === undefined ? {} : { acknowledged: { by: acknowledged.by, at: acknowledged.at } }),
    ...(silenced?.by === undefined ? {} : { silencedBy: silenced.by }),
    flapped: alert.flappingSince !== undefined || events.some(isOf('flapping')),
    notified: notifiedOrder.filter((as) => shown.has(as)),
  }
}

/** Words of the kinds of alerts that have some, as a search compares them. */
export const kindWords = { 'no-data': 'no data', offline: 'offline' } as const

/** The words of all alerts of its series, as a search compares them. */
export function seriesText(alert: Alert): string {
  if (isOwnAlert(alert)) return textOf([ownNodeText, ownKindText[alert.kind], alert.kind])
  const { nodeId, nodeName, metric, kind } = alert
  const { label, shortLabel } = metricInfo(metric)
  const ofMetric = kind === 'offline' ? [] : [metric, label, shortLabel]
  return textOf([nodeId, nodeName, ...ofMetric, kind === 'value' ? '' : kindWords[kind]])
}

/** Comments of an alert and the people of its timeline, as a search compares them. */
export function commentText(alert: Alert, events: readonly AlertEvent[]): string {
  const written = [...acknowledgementsOf(alert), ...(alert.notes ?? []), ...events]
  return textOf(written.flatMap(({ by = '', comment = '', ...rest }) => [by, comment, ('to' in rest && rest.to) || '']))
}

/** What a search looks in. */
export function historyText(alert: Alert, events: readonly AlertEvent[]): string {
  return `${seriesText(alert)}\n${commentText(alert, events)}`
}

/** A search never matches across two words, because it has no line break. */
function textOf(words: readonly string[]): string {
  return [...new Set(words.map(searchable))].filter((word) => word !== '').join('\n')
}

/** Text as a search compares it: without its case, in one form of Unicode, with plain spaces. */
export function searchable(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC').replaceAll(/\s+/g, ' ').trim()
}

function acknowledgementsOf({ acknowledgement }: Alert): ReadonlyArray<NonNullable<Alert['acknowledgement']>> {
  return acknowledgement === undefined ? [] : [acknowledgement]
}

function worstOf(alert: Alert, events: readonly AlertEvent[]): AlertSeverity {
  const known = events.flatMap(({ severity }) => severity ?? [])
  return known.reduce((worst, one) => (compareSeverities(one, worst) > 0 ? one : worst), alert.severity)
}

function worstValueIn({ value, worstValue, condition }: Alert, events: readonly AlertEvent[]): number | null {
  const values = events.flatMap((event) => (breaching.has(event.kind) ? (event.value ?? []) : []))
  if (value !== null) values.push(worstValue ?? value)
  if (values.length === 0) return null
  return values.reduce(condition === 'greater' ? (a, b) => Math.max(a, b) : (a, b) => Math.min(a, b))
}

function isOf(kind: AlertEvent['kind']): (event: AlertEvent) => boolean {
  return (event) => event.kind === kind
}

function firstOf<T extends { readonly at: number }>(all: readonly T[]): T | undefined {
  return all.reduce<T | undefined>((first, one) => (first === undefined || one.at < first.at ? one : first), undefined)
}
