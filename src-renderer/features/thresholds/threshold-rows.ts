import type { MetricRule, MetricRuleDraft } from '#shared/rule/rule.ts'
import { isOfflineRule } from '#shared/rule/rule.ts'
import { isRuleChange, type OperatorAction } from '#shared/team/operator-action.ts'

/** One row of the list: a threshold in effect, or a change that is not sent yet. */
export interface ThresholdRow {
  /** Id of the rule or of the queued action. */
  readonly id: string
  readonly draft: MetricRuleDraft
  readonly waiting?: 'new' | 'change' | 'deletion'
}

/** All nodes first, then sorted by node and metric. */
export function inOrder(rules: readonly MetricRule[]): readonly MetricRule[] {
  const place = (rule: MetricRule): string => (rule.scope.kind === 'all' ? '' : rule.scope.nodeId)
  return rules.toSorted((a, b) => place(a).localeCompare(place(b)) || a.metric.localeCompare(b.metric))
}

/** Each rule followed by its queued changes. New rules come last. */
export function rowsOf(rules: readonly MetricRule[], waiting: readonly OperatorAction[]): readonly ThresholdRow[] {
  const rows: ThresholdRow[] = []
  for (const rule of rules) {
    rows.push({ id: rule.id, draft: rule })
    for (const { id, change } of waiting) {
      if (!isRuleChange(change) || change.ruleId !== rule.id) continue
      if (change.kind === 'save-rule' && !isOfflineRule(change.draft))
        rows.push({ id, draft: change.draft, waiting: 'change' })
      else rows.push({ id, draft: rule, waiting: 'deletion' })
    }
  }
  for (const { id, change } of waiting) {
    if (change.kind === 'save-rule' && change.ruleId === undefined && !isOfflineRule(change.draft))
      rows.push({ id, draft: change.draft, waiting: 'new' })
  }
  return rows
}

/** The queued change of this rule. */
export function waitingFor(ruleId: string, waiting: readonly OperatorAction[]): OperatorAction | undefined {
  return waiting.find(({ change }) => isRuleChange(change) && change.ruleId === ruleId)
}
