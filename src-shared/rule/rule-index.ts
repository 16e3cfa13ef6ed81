import { compilePattern } from '../pattern/linear-pattern.ts'
import {
  isOfflineRule,
  metricOfRule,
  type MetricRule,
  type OfflineRule,
  type Rule,
  type RuleScope,
  wholeNode,
} from './rule.ts'

/** The rule of a series from `from` (event time, epoch ms) until the next interval begins. */
export interface RuleInterval {
  readonly from: number
  readonly rule: Rule | undefined
  /** As `RuleIndex.noDataSecondsFor`; absent where it returns `undefined`. */
  readonly noDataSeconds?: number
}

export interface RuleIndex {
  /**
   * The rule in effect for this series at event time `at`: enabled and not deleted. A node's own rule overrides that of
   * a pattern, which overrides the one for all nodes. Of two rules with the same scope and metric, and of two patterns
   * that match the node, the one that took effect last wins; of two at the same time, the one with the greater id.
   */
  readonly ruleFor: (nodeId: string, metric: string, at: number) => MetricRule | undefined
  /**
   * Seconds after which the metric is missing while its node goes on: of the rule in effect. A rule without the field
   * inherits it from the next wider one: pattern, then all nodes. `undefined`: never.
   */
  readonly noDataSecondsFor: (nodeId: string, metric: string, at: number) => number | undefined
  /** The rule in effect for a node that sends nothing, as `ruleFor` for its metrics. */
  readonly offlineRuleFor: (nodeId: string, at: number) => OfflineRule | undefined
  /** Until when all of them return the same as at `at`, at least: event time, epoch ms; Infinity: for ever. */
  readonly unchangedUntil: (nodeId: string, metric: string, at: number) => number
  /** All intervals of a series, oldest first; neighbors differ. For rule changes, which are rare. */
  readonly intervals: (nodeId: string, metric: string) => readonly RuleInterval[]
  readonly version: (ref: { readonly id: string; readonly version: number }) => Rule | undefined
  /** Newest version of each rule that is not deleted, by id. */
  readonly current: () => readonly Rule[]
  readonly versions: () => readonly Rule[]
}

/** A version and the time (event time, `until` exclusive) in which it is the newest one in effect. */
interface Span {
  readonly rule: Rule
  readonly until: number
}

interface MetricRules {
  readonly all: Timeline
  readonly ofNodes: ReadonlyMap<string, readonly Span[]>
  readonly ofPatterns: readonly PatternRules[]
  /** The narrower rules of a node. Filled at the first question about it, if there are patterns. */
  readonly byNode: Map<string, NodeRules>
}

interface PatternRules {
  readonly matches: (nodeId: string) => boolean
  readonly spans: readonly Span[]
}

interface NodeRules {
  /** Its own rule, or else that of a pattern. */
  readonly narrowest: Timeline
  /** Of patterns only. */
  readonly pattern: Timeline
}

/** Rules for one metric and one node, or all nodes, over time. `starts[i]` belongs to `rules[i]`; before the first there is none. */
interface Timeline {
  readonly starts: readonly number[]
  readonly rules: ReadonlyArray<Rule | undefined>
}

const noTimeline: Timeline = { starts: [], rules: [] }
const noNodeRules: NodeRules = { narrowest: noTimeline, pattern: noTimeline }

/** Nodes whose matches are kept. Beyond it they are matched again: ids of a producer have no end. */
const nodesAtMost = 100_000

/**
 * Index of rule versions. Built once per change, read once per reading: two map lookups, no allocation. A node is
 * matched with the patterns once per change.
 */
export function ruleIndex(versions: readonly Rule[]): RuleIndex {
  const byId = groupBy(versions, (rule) => rule.id)
  const byMetric = indexByMetric([...byId.values()].flatMap(spansOf))
  const byRef = new Map(versions.map((rule) => [ruleVersionKey(rule), rule]))
  const current = [...byId.values()].map(newestOf).filter((rule) => !rule.deleted)

  const inEffect = (nodeId: string, metric: string, at: number): Rule | undefined => {
    const rules = byMetric.get(metric)
    if (rules === undefined) return undefined
    const own = nodeRules(rules, nodeId)
    return (own === undefined ? undefined : ruleAt(own.narrowest, at)) ?? ruleAt(rules.all, at)
  }

  const noDataSecondsFor = (nodeId: string, metric: string, at: number): number | undefined => {
    const rules = byMetric.get(metric)
    const rule = inEffect(nodeId, metric, at)
    if (rules === undefined || rule === undefined || isOfflineRule(rule)) return undefined
    if (rule.noDataSeconds !== undefined || rule.scope.kind === 'all') return rule.noDataSeconds
    const ofPattern = noDataOf(ruleAt(nodeRules(rules, nodeId)?.pattern ?? noTimeline, at))
    return ofPattern ?? noDataOf(ruleAt(rules.all, at))
  }

  return {
    ruleFor: (nodeId, metric, at) => {
      const rule = inEffect(nodeId, metric, at)
      return rule === undefined || isOfflineRule(rule) ? undefined : rule
    },
    noDataSecondsFor,
    offlineRuleFor: (nodeId, at) => {
      const rule = inEffect(nodeId, wholeNode, at)
      return rule !== undefined && isOfflineRule(rule) ? rule : undefined
    },
    unchangedUntil: (nodeId, metric, at) => {
      const rules = byMetric.get(metric)
      if (rules === undefined) return Infinity
      const { narrowest, pattern } = nodeRules(rules, nodeId) ?? noNodeRules
      return Math.min(startAfter(rules.all, at), startAfter(narrowest, at), startAfter(pattern, at))
    },
    intervals: (nodeId, metric) => {
      const rules = byMetric.get(metric)
      if (rules === undefined) return []
      const { narrowest, pattern } = nodeRules(rules, nodeId) ?? noNodeRules
      const starts = new Set([...narrowest.starts, ...pattern.starts, ...rules.all.starts])
      return intervalsOf([...starts], (at) => {
        const noDataSeconds = noDataSecondsFor(nodeId, metric, at)
        const rule = inEffect(nodeId, metric, at)
        return noDataSeconds === undefined ? { from: at, rule } : { from: at, rule, noDataSeconds }
      })
    },
    version: (ref) => byRef.get(ruleVersionKey(ref)),
    current: () => current,
    versions: () => versions,
  }
}

function ruleVersionKey(ref: { readonly id: string; readonly version: number }): string {
  return `${ref.id}@${ref.version}`
}

function newestOf(versions: readonly Rule[]): Rule {
  return versions.reduce((newest, rule) => (rule.version > newest.version ? rule : newest))
}

/**
 * A version ends when any later version of its rule takes effect: a slow clock at the editor must not revive an old
 * version.
 */
function spansOf(versions: readonly Rule[]): Span[] {
  const newestFirst = [...versions].sort((a, b) => b.version - a.version)
  let until = Infinity
  return newestFirst.flatMap((rule) => {
    const span = { rule, until }
    until = Math.min(until, rule.effectiveFrom)
    return rule.effectiveFrom < span.until ? [span] : []
  })
}

function indexByMetric(spans: readonly Span[]): Map<string, MetricRules> {
  const inEffect = spans.filter(({ rule }) => rule.enabled && !rule.deleted)
  const index = new Map<string, MetricRules>()
  for (const [metric, ofMetric] of groupBy(inEffect, ({ rule }) => metricOfRule(rule))) {
    const ofScope = (kind: RuleScope['kind']): Span[] => ofMetric.filter(({ rule }) => rule.scope.kind === kind)
    const ofAll = ofScope('all')
    const ofNodes = groupBy(ofScope('node'), ({ rule }) => scopeValue(rule))
    const patterns = groupBy(ofScope('pattern'), ({ rule }) => scopeValue(rule))
    const rules: MetricRules = {
      all: ofAll.length === 0 ? noTimeline : timelineOf(ofAll),
      ofNodes,
      ofPatterns: [...patterns].map(([pattern, own]) => ({ matches: matcherOf(pattern), spans: own })),
      byNode: new Map(),
    }
    index.set(metric, rules)
    if (rules.ofPatterns.length > 0) continue
    for (const [nodeId, own] of ofNodes) rules.byNode.set(nodeId, { ...noNodeRules, narrowest: timelineOf(own) })
  }
  return index
}

/** `undefined`: the node has no narrower rule than the one for all nodes. */
function nodeRules(rules: MetricRules, nodeId: string): NodeRules | undefined {
  return rules.byNode.get(nodeId) ?? (rules.ofPatterns.length === 0 ? undefined : matchNode(rules, nodeId))
}

function matchNode({ ofNodes, ofPatterns, byNode }: MetricRules, nodeId: string): NodeRules {
  const spans = ofPatterns.flatMap((rules) => (rules.matches(nodeId) ? rules.spans : []))
  const own = ofNodes.get(nodeId) ?? []
  const pattern = spans.length === 0 ? noTimeline : timelineOf(spans)
  const found = { narrowest: own.length === 0 ? pattern : timelineOf([...own, ...spans]), pattern }
  if (byNode.size >= nodesAtMost) byNode.clear()
  byNode.set(nodeId, found.narrowest === noTimeline ? noNodeRules : found)
  return found
}

/** A pattern that this version cannot compile matches no node. The schema refuses it before. */
function matcherOf(pattern: string): (nodeId: string) => boolean {
  const compiled = compilePattern(pattern)
  return compiled.ok ? compiled.matches : () => false
}

function noDataOf(rule: Rule | undefined): number | undefined {
  return rule === undefined || isOfflineRule(rule) ? undefined : rule.noDataSeconds
}

function scopeValue({ scope }: Rule): string {
  return scope.kind === 'node' ? scope.nodeId : scope.kind === 'pattern' ? scope.pattern : ''
}

function timelineOf(spans: readonly Span[]): Timeline {
  const bestFirst = [...spans].sort(
    (a, b) =>
      Number(b.rule.scope.kind === 'node') - Number(a.rule.scope.kind === 'node') ||
      b.rule.effectiveFrom - a.rule.effectiveFrom ||
      (a.rule.id < b.rule.id ? 1 : -1),
  )
  const edges = spans.flatMap(({ rule, until }) =>
    until === Infinity ? [rule.effectiveFrom] : [rule.effectiveFrom, until],
  )
  const intervals = intervalsOf(edges, (at) => ({
    from: at,
    rule: bestFirst.find(({ rule, until }) => rule.effectiveFrom <= at && at < until)?.rule,
  }))
  return { starts: intervals.map(({ from }) => from), rules: intervals.map(({ rule }) => rule) }
}

function intervalsOf(edges: readonly number[], intervalAt: (at: number) => RuleInterval): RuleInterval[] {
  const intervals: RuleInterval[] = []
  for (const from of [...edges].sort((a, b) => a - b)) {
    const interval = intervalAt(from)
    const before = intervals.at(-1)
    if (interval.rule !== before?.rule || interval.noDataSeconds !== before?.noDataSeconds) intervals.push(interval)
  }
  return intervals
}

/** Searches from the end, because nearly every record is newer than the newest change. */
function ruleAt({ starts, rules }: Timeline, at: number): Rule | undefined {
  for (let i = starts.length - 1; i >= 0; i--) {
    if ((starts[i] as number) <= at) return rules[i]
  }
  return undefined
}

/** The first start after `at`; Infinity if there is none. */
function startAfter({ starts }: Timeline, at: number): number {
  let next = Infinity
  for (let i = starts.length - 1; i >= 0; i--) {
    const start = starts[i] as number
    if (start <= at) break
    next = start
  }
  return next
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
