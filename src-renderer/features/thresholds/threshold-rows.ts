import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'

/** One row of the list: a threshold in effect, or a change that is not sent yet. */
export interface ThresholdRow {
  /** Id of the rule or of the queued action. */
  readonly id: string
  readonly draft: RuleDraft
  readonly waiting?: 'new' | 'change' | 'deletion'
}

/** All nodes first, then sorted by node and metric. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const place = (rule: Rule): string => (rule.scope.kind === 'all' ? '' : rule.scope.nodeId)
  return rules.toSorted((a, b) => place(a).localeCompare(place(b)) || a.metric.localeCompare(b.metric))
}

/** Each rule followed by its queued changes. New rules come last. */
export function rowsOf(rules: readonly Rule[], waiting: readonly OperatorAction[]): readonly ThresholdRow[] {
  const rows: ThresholdRow[] = []
  for (const rule of rules) {
    rows.push({ id: rule.id, draft: rule })
    for (const { id, change } of waiting) {
      if (change.kind === 'acknowledge' || change.ruleId !== rule.id) continue
      if (change.kind === 'save-rule') rows.push({ id, draft: change.draft, waiting: 'change' })
      else rows.push({ id, draft: rule, waiting: 'deletion' })
    }
  }
  for (const { id, change } of waiting) {
    if (change.kind === 'save-rule' && change.ruleId === undefined)
      rows.push({ id, draft: change.draft, waiting: 'new' })
  }
  return rows
}

/** The queued change of this rule. */
export function waitingFor(ruleId: string, waiting: readonly OperatorAction[]): OperatorAction | undefined {
  return waiting.find(({ change }) => change.kind !== 'acknowledge' && change.ruleId === ruleId)
}
