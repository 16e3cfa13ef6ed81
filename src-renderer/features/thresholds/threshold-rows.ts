import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { Action } from '#shared/sync/action.ts'

/** One line of the list: a threshold that holds, or a change of one that waits for the backend. */
export interface ThresholdRow {
  /** The rule's, or the action's that waits. */
  readonly id: string
  readonly draft: RuleDraft
  readonly waiting?: 'new' | 'change' | 'deletion'
}

/** All nodes first, then by node, then by metric. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const place = (rule: Rule): string => (rule.scope.kind === 'all' ? '' : rule.scope.nodeId)
  return rules.toSorted((a, b) => place(a).localeCompare(place(b)) || a.metric.localeCompare(b.metric))
}

/** Each rule with what waits for it below it; new ones at the end. */
export function rowsOf(rules: readonly Rule[], waiting: readonly Action[]): readonly ThresholdRow[] {
  const rows: ThresholdRow[] = []
  for (const rule of rules) {
    rows.push({ id: rule.id, draft: rule })
    for (const { id, does } of waiting) {
      if (does.kind === 'acknowledge' || does.ruleId !== rule.id) continue
      if (does.kind === 'save-rule') rows.push({ id, draft: does.draft, waiting: 'change' })
      else rows.push({ id, draft: rule, waiting: 'deletion' })
    }
  }
  for (const { id, does } of waiting) {
    if (does.kind === 'save-rule' && does.ruleId === undefined) rows.push({ id, draft: does.draft, waiting: 'new' })
  }
  return rows
}

/** The change of this rule that waits. */
export function waitingFor(ruleId: string, waiting: readonly Action[]): Action | undefined {
  return waiting.find(({ does }) => does.kind !== 'acknowledge' && does.ruleId === ruleId)
}
