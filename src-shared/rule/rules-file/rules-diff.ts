import { draftOfRule, isSameDraft } from '../rule-draft.ts'
import { ruleTargetKey } from '../rule-scope.ts'
import type { Rule, RuleDraft } from '../rule.ts'

export interface ChangedRule {
  readonly before: Rule
  readonly after: RuleDraft
}

/** What must change so that the current rules become the wanted ones. */
export interface RulesDiff {
  readonly added: readonly RuleDraft[]
  readonly changed: readonly ChangedRule[]
  readonly removed: readonly Rule[]
}

/** Rules belong together by their scope and their metric or kind: a file has no ids. */
export function rulesDiff(current: readonly Rule[], wanted: readonly RuleDraft[]): RulesDiff {
  const existing = new Map(current.map((rule) => [ruleTargetKey(rule), rule]))
  const targets = new Set(wanted.map(ruleTargetKey))
  const added: RuleDraft[] = []
  const changed: ChangedRule[] = []
  for (const after of wanted) {
    const before = existing.get(ruleTargetKey(after))
    if (!before) added.push(after)
    else if (!isSameDraft(draftOfRule(before), after)) changed.push({ before, after })
  }
  return { added, changed, removed: current.filter((rule) => !targets.has(ruleTargetKey(rule))) }
}

/** Number of rules that differ. */
export function diffSize({ added, changed, removed }: RulesDiff): number {
  return added.length + changed.length + removed.length
}
