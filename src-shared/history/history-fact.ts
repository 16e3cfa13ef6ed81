import type { HistoryFact } from './history-figures.ts'
import type { AlertEntry } from './history.ts'

/** What figures count of an entry. */
export function factOf({ alert, worst, acknowledged, flapped }: AlertEntry): HistoryFact {
  const { id, openedAt, resolvedAt, nodeId, nodeName, ruleId, metric, kind } = alert
  return {
    id,
    openedAt,
    resolvedAt: resolvedAt ?? null,
    worst,
    acknowledgedAt: acknowledged?.at ?? null,
    flapped,
    nodeId,
    nodeName,
    ruleId,
    metric,
    kind,
  }
}
