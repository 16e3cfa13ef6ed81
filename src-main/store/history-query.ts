import type { AlertSeverity } from '#shared/alert/severity.ts'
import type { HistoryPlace } from '#shared/history/history-filter.ts'
import { searchable } from '#shared/history/history-details.ts'
import type { HistoryFilter, HistoryOutcome } from '#shared/history/history.ts'

/** Conditions of SQL, and their parameters in order. Input is never a part of the SQL. */
export interface Conditions {
  readonly sql: readonly string[]
  readonly values: ReadonlyArray<string | number>
}

const outcomes: Readonly<Record<HistoryOutcome, string>> = {
  firing: 'firing = 1',
  resolved: 'firing = 0',
  acknowledged: 'acknowledged_at IS NOT NULL',
  unacknowledged: 'acknowledged_at IS NULL',
  silenced: 'silenced = 1',
  flapped: 'flapped = 1',
}

/** Only an unreachable backend is for information. */
const informing = `(SELECT no FROM history_series WHERE kind = 'backend')`
const severities: Readonly<Record<AlertSeverity, string>> = {
  critical: 'critical = 1',
  warning: `critical = 0 AND +series NOT IN ${informing}`,
  info: `critical = 0 AND series IN ${informing}`,
}

/** Of the series: the table `history_series`. */
export function seriesConditions({ nodeId, metric, ruleId }: HistoryFilter): Conditions {
  const asked = [
    ['node_id = ?', nodeId],
    ['metric = ?', metric],
    ['rule_id = ?', ruleId],
  ] as const
  const given = asked.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]))
  return { sql: given.map(({ sql }) => sql), values: given.map(({ value }) => value) }
}

/** Of the alert itself, without its series and the text: the table `alert_history`. */
export function alertConditions({ from, to, severity, outcome }: HistoryFilter, after?: HistoryPlace): Conditions {
  const sql = ['opened_at >= ?', 'opened_at < ?']
  const values: Array<string | number> = [from, to]
  if (after) {
    sql.push('(opened_at, id) < (?, ?)')
    values.push(after.at, after.id)
  }
  if (severity !== undefined) sql.push(severities[severity])
  if (outcome !== undefined) sql.push(outcomes[outcome])
  return { sql, values }
}

/** The text to search for; `undefined`: every text. */
export function searchedText({ text }: HistoryFilter): string | undefined {
  const searched = searchable(text ?? '')
  return searched === '' ? undefined : searched
}
