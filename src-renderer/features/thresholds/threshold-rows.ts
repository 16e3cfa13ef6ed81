import { formatCount } from '#shared/format/number.ts'
import { shownText } from '#shared/format/shown-text.ts'
import { knownMetrics } from '#shared/metric/metric-info.ts'
import { isOfflineRule, type Rule, type RuleDraft } from '#shared/rule/rule.ts'
import { scopeText, widerRule } from '#shared/rule/rule-scope.ts'
import { subjectText } from '#shared/rule/rule-text.ts'
import { isRuleChange, type OperatorAction, type RuleChange } from '#shared/team/operator-action.ts'
import { newDraftId, type KeptDraft } from './threshold-drafts.svelte.ts'

/** One row of the list: a threshold in effect, a change that is not sent yet, or an edit that is not saved. */
export interface ThresholdRow {
  /** Id of the rule or of the queued action; `newDraftId` for a new threshold that is not saved. */
  readonly id: string
  /** `undefined` for an edit whose threshold does not exist. */
  readonly draft: RuleDraft | undefined
  readonly waiting?: 'new' | 'change' | 'deletion'
  readonly unsaved?: true
}

/** `all`: each rule with its overrides under it. `node`: by what they apply to. `metric`: by name. */
export type Grouping = 'all' | 'node' | 'metric'

const widths: Readonly<Record<RuleDraft['scope']['kind'], number>> = { all: 0, pattern: 1, node: 2 }

/** Rules in the order of the list. Within a metric: all nodes, patterns, nodes. */
export function inOrder(rules: readonly Rule[], grouping: Grouping = 'all'): readonly Rule[] {
  const byWidth = (a: Rule, b: Rule): number => widths[a.scope.kind] - widths[b.scope.kind]
  const byScope = (a: Rule, b: Rule): number => scopeText(a.scope).localeCompare(scopeText(b.scope))
  const byMetric = (a: Rule, b: Rule): number =>
    (grouping === 'metric' ? 0 : metricRank(a) - metricRank(b)) || metricName(a).localeCompare(metricName(b))
  const narrowFirst = (a: Rule, b: Rule): number => byWidth(b, a)
  const orders = grouping === 'node' ? [narrowFirst, byScope, byMetric] : [byMetric, byWidth, byScope]
  return rules.toSorted((a, b) => orders.map((order) => order(a, b)).find((result) => result !== 0) ?? 0)
}

/** The metrics of ReMo in their usual order, then offline nodes, then all others. */
function metricRank(rule: Rule): number {
  if (isOfflineRule(rule)) return knownMetrics.length
  const known = knownMetrics.findIndex(({ name }) => name === rule.metric)
  return known === -1 ? knownMetrics.length + 1 : known
}

/** `CPU usage`, `disk.used_percent on any path`, or `Node offline`. */
export function metricName(rule: RuleDraft): string {
  return subjectText(rule)
}

/** Each rule followed by its queued changes. New rules, and edits of deleted ones, come last. */
export function rowsOf(
  rules: readonly Rule[],
  waiting: readonly OperatorAction[],
  unsaved: ReadonlyMap<string, KeptDraft> = new Map(),
): readonly ThresholdRow[] {
  const known = new Set(rules.map(({ id }) => id))
  const changes = waiting.flatMap(({ id, change }) => (isRuleChange(change) ? [{ id, change }] : []))
  const ofRules = rules.flatMap((rule) => [
    { id: rule.id, draft: rule, ...(unsaved.has(rule.id) ? { unsaved: true as const } : {}) },
    ...changes.filter(({ change }) => change.ruleId === rule.id).map(({ id, change }) => queuedRow(id, change, rule)),
  ])
  const added = changes.filter(({ change }) => change.ruleId === undefined)
  const orphans = [...unsaved.keys()].filter((id) => !known.has(id))
  return [
    ...ofRules,
    ...added.map(({ id, change }) => queuedRow(id, change, undefined)),
    ...orphans.map((id) => ({ id, draft: undefined, unsaved: true as const })),
  ]
}

function queuedRow(id: string, change: RuleChange, rule: Rule | undefined): ThresholdRow {
  if (change.kind === 'remove-rule') return { id, draft: rule, waiting: 'deletion' }
  return { id, draft: change.draft, waiting: rule ? 'change' : 'new' }
}

/** What a row without a draft of its own is called. */
export function unsavedTitle(id: string): string {
  return id === newDraftId ? 'New threshold' : 'Deleted threshold'
}

/** The queued change of this rule. */
export function waitingFor(ruleId: string, waiting: readonly OperatorAction[]): OperatorAction | undefined {
  return waiting.find(({ change }) => isRuleChange(change) && change.ruleId === ruleId)
}

/**
 * The no-data time that a threshold inherits from the next wider one that has it, in seconds; `undefined` if it has its
 * own, or if there is none.
 */
export function inheritedNoData(draft: RuleDraft, rules: readonly Rule[]): number | undefined {
  if (isOfflineRule(draft) || draft.noDataSeconds !== undefined) return undefined
  const wider = widerRule(draft, rules)
  if (wider === undefined || isOfflineRule(wider)) return undefined
  return wider.noDataSeconds ?? inheritedNoData(wider, rules)
}

/** `Matches 40 nodes: db-001, db-002, …` */
export function matchesText(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'Matches no node now'
  const named = nodes.slice(0, 2).map(shownText).join(', ')
  return `Matches ${formatCount(nodes.length)} ${nodes.length === 1 ? 'node' : 'nodes'}: ${named}${nodes.length > 2 ? ', …' : ''}`
}
