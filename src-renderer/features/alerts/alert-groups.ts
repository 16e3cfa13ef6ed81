import type { Alert } from '#shared/alert/alert.ts'
import type { Severity } from '#shared/rule/rule.ts'

export type GroupBy = 'rule' | 'node' | 'none'

/** Alerts that are listed under one heading. `id` is that of its row. */
export interface AlertGroup {
  readonly id: string
  readonly by: 'rule' | 'node'
  /** In the order of the list. */
  readonly alerts: readonly Alert[]
  readonly worst: Severity
}

/** Groups with more alerts in all begin folded, except the first. */
const openAll = 30

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
    const worst = group.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning'
    return { id, by, alerts: group, worst }
  })
  const rank = (group: AlertGroup): number => (group.worst === 'critical' ? 0 : 1)
  return groups.toSorted((a, b) => rank(a) - rank(b) || b.alerts.length - a.alerts.length || (a.id < b.id ? -1 : 1))
}

/** Whether a group that nobody folded or unfolded shows its alerts. */
export function isOpenAtFirst(groups: readonly AlertGroup[], index: number): boolean {
  return index === 0 || groups.reduce((sum, { alerts }) => sum + alerts.length, 0) <= openAll
}
