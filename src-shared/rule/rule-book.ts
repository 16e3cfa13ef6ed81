import { overlapText, patternOverlap, ruleTargetKey, scopeText } from './rule-scope.ts'
import { ruleTargetText } from './rule-text.ts'
import type { RuleDraft } from './rule.ts'

/** Patterns of all rules together: each known node is matched with each of them. */
export const mostPatterns = 500

/** Why rules cannot be in effect together, as a sentence. `exists`: two of one target. */
export interface RuleBookProblem {
  readonly kind: 'exists' | 'overlap' | 'too-many'
  readonly text: string
}

/** The first reason, if there is one. Each rule alone is valid. */
export function ruleBookProblem(rules: readonly RuleDraft[], nodeIds: readonly string[]): RuleBookProblem | undefined {
  const targets = new Set<string>()
  for (const rule of rules) {
    const target = ruleTargetKey(rule)
    if (targets.has(target))
      return { kind: 'exists', text: `Two rules for ${ruleTargetText(rule)} on ${scopeText(rule.scope)}.` }
    targets.add(target)
  }
  const patterns = rules.filter(({ scope }) => scope.kind === 'pattern')
  if (patterns.length > mostPatterns)
    return { kind: 'too-many', text: `There may be ${mostPatterns} rules for patterns.` }
  for (const [index, rule] of patterns.entries()) {
    const overlap = patternOverlap(rule, patterns.slice(index + 1), nodeIds)
    if (overlap) return { kind: 'overlap', text: overlapText(overlap) }
  }
  return undefined
}
