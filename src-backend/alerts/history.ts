import type { NodeAlertEvent } from '#shared/alert/alert.ts'
import type { AlertSeverity } from '#shared/alert/severity.ts'
import type { Severity } from '#shared/rule/rule.ts'
import { historyDetails, kindWords, searchable } from '#shared/history/history-details.ts'
import { knownMetrics } from '#shared/metric/metric-info.ts'
import type { AlertFactItem, AlertItem } from '#shared/rest/alerts.ts'
import type { Db } from '../db/db.ts'
import { type AlertRow, timeOf, timeOrNull } from './alert-item.ts'
import { type AlertSearch, eventsOfAlerts } from './list-repo.ts'

/** What a text searches for. `undefined`: everything has it. */
export function alertSearch(text: string | undefined): AlertSearch | undefined {
  const lower = searchable(text ?? '')
  if (text === undefined || lower === '') return undefined
  const labeled = knownMetrics.filter((metric) =>
    [metric.label, metric.shortLabel].some((label) => searchable(label).includes(lower)),
  )
  const kinds = (['no-data', 'offline'] as const).filter((kind) => kindWords[kind].includes(lower))
  return { typed: text.trim(), lower, metrics: labeled.map(({ name }) => name), kinds }
}

/** The items with what the timelines of their alerts say. `rows`: the alerts of `items`, in their order. */
export async function withHistory(
  db: Db,
  rows: readonly AlertRow[],
  items: readonly AlertItem[],
): Promise<AlertItem[]> {
  const events = await eventsOf(db, rows)
  return items.map((item, i) => ({ ...item, history: historyItem(rows[i] as AlertRow, events(item.id)) }))
}

export async function factItems(db: Db, rows: readonly AlertRow[]): Promise<AlertFactItem[]> {
  const events = await eventsOf(db, rows)
  return rows.map(({ alert }) => {
    const { worst, acknowledged, flapped } = historyDetails(alert, events(alert.id))
    return {
      id: alert.id,
      opened_at: timeOf(alert.openedAt),
      resolved_at: timeOrNull(alert.resolvedAt),
      worst: nodeSeverity(worst),
      acknowledged_at: timeOrNull(acknowledged?.at),
      flapped,
      node_id: alert.nodeId,
      node_name: alert.nodeName,
      rule_id: alert.ruleId,
      metric_type: alert.metric,
      kind: alert.kind,
    }
  })
}

function historyItem({ alert }: AlertRow, events: readonly NodeAlertEvent[]): NonNullable<AlertItem['history']> {
  const { worst, worstValue, acknowledged, silencedBy, flapped } = historyDetails(alert, events)
  return {
    since: timeOf(alert.since),
    for_seconds: alert.forSeconds,
    resolved_value: alert.resolvedValue ?? null,
    worst: nodeSeverity(worst),
    worst_value: worstValue,
    acknowledged_by: acknowledged?.by ?? null,
    acknowledged_at: timeOrNull(acknowledged?.at),
    silenced_by: silencedBy ?? null,
    flapped,
  }
}

/** An alert about a node is never for information. */
function nodeSeverity(severity: AlertSeverity): Severity {
  return severity === 'critical' ? 'critical' : 'warning'
}

async function eventsOf(db: Db, rows: readonly AlertRow[]): Promise<(id: string) => readonly NodeAlertEvent[]> {
  const ids = rows.map(({ alert }) => alert.id)
  const events = ids.length === 0 ? new Map<string, NodeAlertEvent[]>() : await eventsOfAlerts(db, ids)
  return (id) => events.get(id) ?? []
}
