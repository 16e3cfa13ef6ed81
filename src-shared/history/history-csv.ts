import { isOwnAlert } from '../alert/alert.ts'
import { csvLine, csvNumber, csvText } from '../format/csv.ts'
import { formatRfc3339 } from '../format/time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'
import type { AlertEntry, BlindEntry, HistoryEntry } from './history.ts'

const columns = [
  'opened_at',
  'resolved_at',
  'node_id',
  'node_name',
  'metric',
  'kind',
  'worst_severity',
  'worst_value',
  'threshold',
  'phase',
  'resolve_reason',
  'resolved_value',
  'acknowledged_by',
  'acknowledged_at',
  'silenced_by',
  'flapped',
  'notified',
  'comments',
  'rule_id',
  'rule_version',
  'alert_id',
] as const
type Column = (typeof columns)[number]

export const historyCsvHeader = csvLine(columns)

/**
 * One line of the history as CSV, oldest comment first. Times are RFC 3339 with the offset of the zone at that time.
 * A time in which monitoring was blind has the kind `blind`, and its cause as a comment.
 */
export function historyCsvLine(entry: HistoryEntry, offsetAt: ZoneOffset): string {
  const timeOf = (at: number | null | undefined): string =>
    at === null || at === undefined ? '' : formatRfc3339(at, offsetAt(at))
  const fields = entry.kind === 'alert' ? alertFields(entry, timeOf) : blindFields(entry, timeOf)
  return csvLine(columns.map((column) => fields[column] ?? ''))
}

type TimeOf = (at: number | null | undefined) => string
type Fields = Partial<Record<Column, string>>

function alertFields(entry: AlertEntry, timeOf: TimeOf): Fields {
  const { alert, worst, worstValue, acknowledged, silencedBy, flapped, notified } = entry
  return {
    opened_at: timeOf(alert.openedAt),
    resolved_at: timeOf(alert.resolvedAt),
    node_id: csvText(alert.nodeId),
    node_name: csvText(alert.nodeName),
    metric: csvText(alert.metric),
    kind: alert.kind,
    worst_severity: worst,
    worst_value: csvNumber(worstValue ?? NaN),
    threshold: csvNumber(alert.threshold),
    phase: alert.phase,
    resolve_reason: alert.resolveReason ?? '',
    resolved_value: csvNumber(alert.resolvedValue ?? NaN),
    acknowledged_by: csvText(acknowledged?.by ?? ''),
    acknowledged_at: timeOf(acknowledged?.at),
    silenced_by: csvText(silencedBy ?? ''),
    flapped: String(flapped),
    notified: notified.join(' '),
    comments: csvText(commentsOf(entry)),
    rule_id: alert.ruleId,
    rule_version: csvNumber(alert.ruleVersion),
    alert_id: alert.id,
  }
}

function blindFields({ from, to, cause }: BlindEntry, timeOf: TimeOf): Fields {
  return { opened_at: timeOf(from), resolved_at: timeOf(to), kind: 'blind', comments: csvText(cause) }
}

/** `anna: looking; ben: moved the batch job`. Before them, why a console reported about itself. */
function commentsOf({ alert }: AlertEntry): string {
  const why = isOwnAlert(alert) && alert.cause !== undefined ? [alert.cause] : []
  const { acknowledgement, notes = [] } = alert
  const all = [...(acknowledgement === undefined ? [] : [acknowledgement]), ...notes]
  const written = all.filter(({ comment }) => comment !== '').toSorted((a, b) => a.at - b.at)
  return [...why, ...written.map(({ by, comment }) => `${by}: ${comment}`)].join('; ')
}
