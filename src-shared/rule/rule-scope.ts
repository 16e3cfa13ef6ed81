import { shownText } from '../format/shown-text.ts'
import { type CompiledPattern, compilePattern } from '../pattern/linear-pattern.ts'
import { anyTagsOf, includesSubject, ruleSubject } from './rule-subject.ts'
import type { Rule, RuleDraft, RuleScope } from './rule.ts'

/** `all nodes`, the pattern, or the node id. */
export function scopeText(scope: RuleScope): string {
  if (scope.kind === 'all') return 'all nodes'
  return shownText(scope.kind === 'pattern' ? scope.pattern : scope.nodeId)
}

/** Equal for two rules of which only one can be evaluated: the same scope, and the same metric, tags or kind. */
export function ruleTargetKey(rule: RuleDraft): string {
  const { scope } = rule
  const value = scope.kind === 'all' ? '' : scope.kind === 'pattern' ? scope.pattern : scope.nodeId
  return JSON.stringify([scope.kind, value, ruleSubject(rule)])
}

/** The nodes of a scope, in the given order. A pattern that does not compile matches none. */
export function nodesOf(scope: RuleScope, nodeIds: readonly string[]): readonly string[] {
  if (scope.kind === 'all') return nodeIds
  if (scope.kind === 'node') return nodeIds.filter((id) => id === scope.nodeId)
  const compiled = compiledPattern(scope.pattern)
  return compiled.ok ? nodeIds.filter(compiled.matches) : []
}

const patternsAtMost = 500
const compiledPatterns = new Map<string, CompiledPattern>()

/** A list asks for the same patterns again and again. */
function compiledPattern(pattern: string): CompiledPattern {
  const known = compiledPatterns.get(pattern)
  if (known) return known
  const compiled = compilePattern(pattern)
  if (compiledPatterns.size >= patternsAtMost) compiledPatterns.clear()
  compiledPatterns.set(pattern, compiled)
  return compiled
}

/**
 * The rule that applies where this one is taken away. For the same metric: that of a pattern which matches its node, or
 * else the one for all nodes. Then those for any tags which include its series: its node's, a pattern's, the one for all
 * nodes. `undefined`: none. A rule for a pattern, or for all nodes, has only rules for all nodes.
 */
export function widerRule(draft: RuleDraft, rules: readonly Rule[]): Rule | undefined {
  const others = rules.filter((rule) => rule.enabled && includesSubject(rule, draft))
  const subjects = [...new Set(others.map(ruleSubject))]
  const any = new Map(others.map((rule) => [ruleSubject(rule), anyTagsOf(rule).length]))
  subjects.sort((a, b) => (any.get(a) ?? 0) - (any.get(b) ?? 0) || (a < b ? -1 : 1))
  for (const subject of subjects) {
    const found = widestOf(draft, others, subject)
    if (found !== undefined) return found
  }
  return undefined
}

function widestOf(draft: RuleDraft, others: readonly Rule[], subject: string): Rule | undefined {
  const { scope } = draft
  const isSame = subject === ruleSubject(draft)
  if (isSame && scope.kind === 'all') return undefined
  const ofSubject = others.filter((rule) => ruleSubject(rule) === subject)
  const ofAll = ofSubject.find((rule) => rule.scope.kind === 'all')
  if (scope.kind !== 'node') return ofAll
  const own = isSame
    ? undefined
    : ofSubject.find((rule) => rule.scope.kind === 'node' && rule.scope.nodeId === scope.nodeId)
  const ofPatterns = ofSubject.filter(
    (rule) => rule.scope.kind === 'pattern' && nodesOf(rule.scope, [scope.nodeId]).length > 0,
  )
  const [pattern] = ofPatterns.toSorted((a, b) => b.effectiveFrom - a.effectiveFrom || (a.id < b.id ? 1 : -1))
  return own ?? pattern ?? ofAll
}

/** Two patterns for one metric that match the same known nodes. */
export interface PatternOverlap<R extends RuleDraft = RuleDraft> {
  readonly pattern: string
  readonly other: R
  readonly otherPattern: string
  /** At least one; in the order of the known nodes. */
  readonly nodes: readonly string[]
}

/**
 * The first other rule whose pattern matches a node that the pattern of `draft` matches too. For such a node, it would
 * be unclear which one counts. Disabled rules do not count: enabling one is a save of its own.
 * @param others current rules, without the edited one
 */
export function patternOverlap<R extends RuleDraft>(
  draft: RuleDraft,
  others: readonly R[],
  nodeIds: readonly string[],
): PatternOverlap<R> | undefined {
  const { scope } = draft
  if (scope.kind !== 'pattern' || !draft.enabled) return undefined
  const own = nodesOf(scope, nodeIds)
  for (const other of others) {
    if (other.scope.kind !== 'pattern' || !other.enabled || ruleSubject(other) !== ruleSubject(draft)) continue
    const nodes = nodesOf(other.scope, own)
    if (nodes.length > 0) return { pattern: scope.pattern, other, otherPattern: other.scope.pattern, nodes }
  }
  return undefined
}

const examples = 3

/** `db-.* and .*-1 both match db-1. Only one pattern can apply to a node.` */
export function overlapText({ pattern, otherPattern, nodes }: PatternOverlap): string {
  const named = nodes.slice(0, examples).map(shownText)
  const more = nodes.length > examples ? ` and ${nodes.length - examples} more` : ''
  const list =
    more === '' && named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named.join(', ')
  return `${shownText(pattern)} and ${shownText(otherPattern)} both match ${list}${more}. Only one pattern can apply to a node.`
}
