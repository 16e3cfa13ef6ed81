import { anAlert } from '#shared/alert/alert-builders.ts'
import type { NodeAlert } from '#shared/alert/alert.ts'
import type { AlertEntry, HistoryFigures } from '#shared/history/history.ts'
import { anId } from '#shared/rule/rule-builders.ts'

/** An alert of the history, resolved a minute after it fired. Test builder. */
export const anEntry = (n: number, alert: Partial<NodeAlert> = {}, change: Partial<AlertEntry> = {}): AlertEntry => {
  const openedAt = alert.openedAt ?? 1_000_000 - n * 1000
  const ended = {
    phase: 'resolved',
    resolvedAt: openedAt + 60_000,
    resolveReason: 'cleared',
    resolvedValue: 71,
  } as const
  return {
    kind: 'alert',
    alert: anAlert({ id: anId(n), openedAt, since: openedAt - 120_000, ...ended, ...alert }),
    worst: 'critical',
    worstValue: 99.1,
    flapped: false,
    notified: ['popup'],
    ...change,
  }
}

/** Test builder. */
export const someFigures = (change: Partial<HistoryFigures> = {}): HistoryFigures => ({
  fired: 3,
  critical: 1,
  meanToAcknowledgeMs: 130_000,
  meanToRecoverMs: 700_000,
  neverAcknowledged: 2,
  ...change,
})
