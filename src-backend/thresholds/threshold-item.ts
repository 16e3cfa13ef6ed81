import type { Threshold } from '#shared/rest/thresholds.ts'
import type { FoundRule } from '../rules/service.ts'

/** A rule in the words of the first ReMo: one value, beyond which it warns. */
export function thresholdItem({ rule, number, createdAt }: FoundRule): Threshold {
  const value = rule.warning ?? rule.critical
  if (rule.scope.kind !== 'node' || value === undefined) throw new Error(`rule ${rule.id} is no threshold of one node`)
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
