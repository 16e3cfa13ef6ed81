import type { Condition, MetricRuleDraft } from './rule.ts'

export interface SimpleThreshold {
  readonly nodeId: string
  readonly metric: string
  readonly value: number
  readonly condition: Condition
}

/**
 * The threshold of the first ReMo as a rule: warning beyond `value`. `greater` is critical beyond 1.2 times the value;
 * `less` only warns. A negative value only warns too: 1.2 times it is not beyond it. No `for`, no clear level.
 */
export function ruleOfSimpleThreshold({ nodeId, metric, value, condition }: SimpleThreshold): MetricRuleDraft {
  const critical = condition === 'greater' && value >= 0 ? { critical: criticalOf(value) } : {}
  return {
    scope: { kind: 'node', nodeId },
    metric,
    condition,
    warning: value,
    ...critical,
    forSeconds: 0,
    enabled: true,
  }
}

/** 1.2 times the value without binary rounding errors: 80 gives 96, 70 gives 84, 0.7 gives 0.84. */
function criticalOf(value: number): number {
  return Number((value * 1.2).toPrecision(12))
}
