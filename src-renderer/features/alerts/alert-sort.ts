import type { Alert } from '#shared/alert/alert.ts'
import { compareSeverities } from '#shared/alert/severity.ts'

export type AlertSort = 'worst' | 'newest' | 'oldest' | 'node' | 'value'

export const alertSorts: ReadonlyArray<{ readonly value: AlertSort; readonly label: string }> = [
  { value: 'worst', label: 'Worst first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'node', label: 'Node' },
  { value: 'value', label: 'Farthest beyond' },
]

const names = new Intl.Collator('en', { numeric: true })

const bySeverity = (a: Alert, b: Alert): number => compareSeverities(b.severity, a.severity)
const byNewest = (a: Alert, b: Alert): number => b.openedAt - a.openedAt
const byNode = (a: Alert, b: Alert): number => names.compare(a.nodeId, b.nodeId)

/** How far a value is beyond its level, as a share of the level: values of different units compare. */
function beyond({ value, threshold, condition }: Alert): number {
  if (value === null) return -Infinity
  const difference = condition === 'greater' ? value - threshold : threshold - value
  return difference / Math.max(Math.abs(threshold), 1e-9)
}

const orders: Record<AlertSort, (a: Alert, b: Alert) => number> = {
  worst: (a, b) => bySeverity(a, b) || byNewest(a, b),
  newest: byNewest,
  oldest: (a, b) => -byNewest(a, b),
  node: (a, b) => byNode(a, b) || bySeverity(a, b) || byNewest(a, b),
  value: (a, b) => beyond(b) - beyond(a) || byNewest(a, b),
}

/** In a new array. Alerts that compare as equal keep their order by id, so that two consoles list the same. */
export function sortedAlerts(alerts: readonly Alert[], sort: AlertSort): Alert[] {
  const order = orders[sort]
  return alerts.toSorted((a, b) => order(a, b) || (a.id < b.id ? -1 : 1))
}
