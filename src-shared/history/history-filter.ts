import type { Alert } from '../alert/alert.ts'
import type { BlindEntry, HistoryDetails, HistoryEntry, HistoryFilter, HistoryOutcome } from './history.ts'
import { searchable } from './history-details.ts'

/** Place of an entry in the history. `id`: empty for a time in which monitoring was blind. */
export interface HistoryPlace {
  readonly at: number
  readonly id: string
}

export function placeOf(entry: HistoryEntry): HistoryPlace {
  return entry.kind === 'alert' ? { at: entry.alert.openedAt, id: entry.alert.id } : { at: entry.from, id: '' }
}

/** Order of the history: newest first, of equal times the greater id. */
export function byPlace(a: HistoryPlace, b: HistoryPlace): number {
  return b.at - a.at || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1)
}

/** Whether the place comes after another one in the history: it is older. */
export function isAfter(place: HistoryPlace, before: HistoryPlace | undefined): boolean {
  return before === undefined || byPlace(before, place) < 0
}

/** What a filter asks of an alert. `text`: as `historyText`. */
export interface FilteredAlert {
  readonly alert: Alert
  readonly details: HistoryDetails
  readonly text: string
}

/** Whether the filter has the alert: what the queries of SQLite and PostgreSQL select. */
export function isInHistory({ alert, details, text }: FilteredAlert, filter: HistoryFilter): boolean {
  const { severity, outcome } = filter
  return (
    isOfSeries(alert, filter) &&
    isWithin(alert.openedAt, filter) &&
    (severity === undefined || details.worst === severity) &&
    (outcome === undefined || cameTo(alert, details, outcome)) &&
    (filter.text === undefined || text.includes(searchable(filter.text)))
  )
}

function isOfSeries(alert: Alert, filter: HistoryFilter): boolean {
  const { nodeId = alert.nodeId, metric = alert.metric, ruleId = alert.ruleId } = filter
  return alert.nodeId === nodeId && alert.metric === metric && alert.ruleId === ruleId
}

/** Whether the filter has it: a filter of alerts alone has none. `text` is in its cause. */
export function isBlindInHistory({ from, cause }: BlindEntry, filter: HistoryFilter): boolean {
  if (!asksForBlind(filter) || !isWithin(from, filter)) return false
  return filter.text === undefined || searchable(cause).includes(searchable(filter.text))
}

/** Whether times without monitoring fit the filter at all. */
export function asksForBlind({ nodeId, metric, ruleId, severity, outcome }: HistoryFilter): boolean {
  return [nodeId, metric, ruleId, severity, outcome].every((one) => one === undefined)
}

function isWithin(at: number, { from, to }: HistoryFilter): boolean {
  return at >= from && at < to
}

function cameTo(alert: Alert, details: HistoryDetails, outcome: HistoryOutcome): boolean {
  switch (outcome) {
    case 'firing':
    case 'resolved':
      return alert.phase === outcome
    case 'acknowledged':
      return details.acknowledged !== undefined
    case 'unacknowledged':
      return details.acknowledged === undefined
    case 'silenced':
      return details.silencedBy !== undefined
    case 'flapped':
      return details.flapped
  }
}
