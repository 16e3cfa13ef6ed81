import type { Alert } from '#shared/alert/alert.ts'
import { type AlertSeverity, compareSeverities } from '#shared/alert/severity.ts'

export type GroupBy = 'rule' | 'node' | 'none'

/** Alerts that are listed under one heading. `id` is that of its row. */
export interface AlertGroup {
  readonly id: string
  readonly by: 'rule' | 'node'
  /** In the order of the list. */
  readonly alerts: readonly Alert[]
  readonly worst: AlertSeverity
}

/** With more alerts in all, large groups begin folded: the others would be out of sight below them. */
const openAll = 30
const openSmall = 5

/** A rule that warns and pages is two groups: what its alerts say differs. */
function keyOf({ ruleId, kind, metric, severity, nodeId }: Alert, by: 'rule' | 'node'): string {
  return by === 'node' ? `node:${nodeId}` : `rule:${ruleId}:${kind}:${metric}:${severity}`
}

/** `alerts` in the order of the list. Groups with something critical come first, then the largest. */
export function groupAlerts(alerts: readonly Alert[], by: 'rule' | 'node'): readonly AlertGroup[] {
  const members = new Map<string, Alert[]>()
  for (const alert of alerts) {
    const key = keyOf(alert, by)
    const group = members.get(key)
    if (group) group.push(alert)
    else members.set(key, [alert])
  }
  const groups = [...members].map(([id, group]): AlertGroup => {
    return { id, by, alerts: group, worst: worstOf(group) }
  })
  return groups.toSorted(
    (a, b) => compareSeverities(b.worst, a.worst) || b.alerts.length - a.alerts.length || (a.id < b.id ? -1 : 1),
  )
}

function worstOf(alerts: readonly Alert[]): AlertSeverity {
  const [first, ...others] = alerts.map(({ severity }) => severity)
  return others.reduce((worst, one) => (compareSeverities(one, worst) > 0 ? one : worst), first ?? 'info')
}

/** Whether a group that nobody folded or unfolded shows its alerts. */
export function isOpenAtFirst(groups: readonly AlertGroup[], group: AlertGroup): boolean {
  return group.alerts.length <= openSmall || groups.reduce((sum, { alerts }) => sum + alerts.length, 0) <= openAll
}
