import type { Threshold } from '#shared/rest/thresholds.ts'
import { isOfflineRule } from '#shared/rule/rule.ts'
import type { FoundRule } from '../rules/service.ts'

/** A rule with the fields of the first ReMo: one value, and a warning beyond it. */
export function thresholdItem({ rule, number, createdAt }: FoundRule): Threshold {
  const value = isOfflineRule(rule) ? undefined : (rule.warning ?? rule.critical)
  if (isOfflineRule(rule) || rule.scope.kind !== 'node' || value === undefined)
    throw new Error(`rule ${rule.id} is not a threshold of one node`)
  return {
    id: number,
    node_id: rule.scope.nodeId,
    metric_type: rule.metric,
    threshold_value: value,
    condition: rule.condition,
    created_at: createdAt.toISOString(),
    updated_at: new Date(rule.updatedAt).toISOString(),
    critical_value: rule.critical ?? null,
    enabled: rule.enabled,
    rule_id: rule.id,
    version: rule.version,
  }
}
