import { parseMetricName } from '../metric/metric-name.ts'
import { compilePattern } from '../pattern/linear-pattern.ts'
import { anyTagsOf, matchesTags, ruleSubject, type TagSubject } from './rule-subject.ts'
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
   * The rule in effect for this series at event time `at`: enabled and not deleted. One for exactly this metric overrides
   * those for any tags; of these, one with fewer of them. Then a node's own rule overrides that of a pattern, which
   * overrides the one for all nodes. Of two rules with the same scope and metric, and of two patterns
   * that match the node, the one that took effect last wins; of two at the same time, the one with the greater id.
   */
  readonly ruleFor: (nodeId: string, metric: string, at: number) => MetricRule | undefined
  /**
   * Seconds after which the metric is missing while its node goes on: of the rule in effect. A rule without the field
   * inherits it from the next one in that order. `undefined`: never.
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

/** Rules for any tags. */
interface TagRules {
  readonly subject: TagSubject
  readonly rules: MetricRules
}

/** All rules by what they are for. */
interface RuleTables {
  readonly exact: ReadonlyMap<string, MetricRules>
  /** By the base of the name, those with the fewest tags first. */
  readonly byBase: ReadonlyMap<string, readonly TagRules[]>
}

const noTimeline: Timeline = { starts: [], rules: [] }
const noNodeRules: NodeRules = { narrowest: noTimeline, pattern: noTimeline }

/** Nodes whose matches are kept. Beyond it they are matched again: ids of a producer have no end. */
const nodesAtMost = 100_000

/** Metrics whose rules are kept, if there are rules for any tags. */
const metricsAtMost = 100_000

/**
 * Index of rule versions. Built once per change, read once per reading: a few map lookups, no allocation. A node is
 * matched with the patterns, and the name of a metric with the tags of rules, once per change.
 */
export function ruleIndex(versions: readonly Rule[]): RuleIndex {
  const byId = groupBy(versions, (rule) => rule.id)
  const rulesOf = rulesByMetric([...byId.values()].flatMap(spansOf))
  const byRef = new Map(versions.map((rule) => [ruleVersionKey(rule), rule]))
  const current = [...byId.values()].map(newestOf).filter((rule) => !rule.deleted)

  const inEffect = (nodeId: string, metric: string, at: number): Rule | undefined => {
    for (const rules of rulesOf(metric)) {
      const own = nodeRules(rules, nodeId)
      const rule = (own === undefined ? undefined : ruleAt(own.narrowest, at)) ?? ruleAt(rules.all, at)
      if (rule !== undefined) return rule
    }
    return undefined
  }

  const noDataSecondsFor = (nodeId: string, metric: string, at: number): number | undefined => {
    for (const rules of rulesOf(metric)) {
      const { narrowest, pattern } = nodeRules(rules, nodeId) ?? noNodeRules
      const seconds =
        noDataOf(ruleAt(narrowest, at)) ?? noDataOf(ruleAt(pattern, at)) ?? noDataOf(ruleAt(rules.all, at))
      if (seconds !== undefined) return seconds
    }
    return undefined
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
      let until = Infinity
      for (const rules of rulesOf(metric)) {
        const { narrowest, pattern } = nodeRules(rules, nodeId) ?? noNodeRules
        until = Math.min(until, startAfter(rules.all, at), startAfter(narrowest, at), startAfter(pattern, at))
      }
      return until
    },
    intervals: (nodeId, metric) => {
      const starts = new Set<number>()
      for (const rules of rulesOf(metric)) {
        const { narrowest, pattern } = nodeRules(rules, nodeId) ?? noNodeRules
        for (const timeline of [narrowest, pattern, rules.all]) for (const start of timeline.starts) starts.add(start)
      }
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

const noRules: readonly MetricRules[] = []

/** The rules of a metric, those that override others first. */
function rulesByMetric(spans: readonly Span[]): (metric: string) => readonly MetricRules[] {
  const { exact, byBase } = rulesBySubject(spans)
  const found = new Map([...exact].map(([metric, rules]) => [metric, [rules] as readonly MetricRules[]]))
  if (byBase.size === 0) return (metric) => found.get(metric) ?? noRules
  const chains = new Map<string, readonly MetricRules[]>()
  return (metric) => {
    const known = chains.get(metric)
    if (known !== undefined) return known
    const name = parseMetricName(metric)
    const ofTags = (byBase.get(name.base) ?? []).filter(({ subject }) => matchesTags(subject, name))
    const chain = [...(found.get(metric) ?? noRules), ...ofTags.map(({ rules }) => rules)]
    if (chains.size >= metricsAtMost) chains.clear()
    chains.set(metric, chain)
    return chain
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

function rulesBySubject(spans: readonly Span[]): RuleTables {
  const exact = new Map<string, MetricRules>()
  const ofTags: TagRules[] = []
  const inEffect = spans.filter(({ rule }) => rule.enabled && !rule.deleted)
  const bySubject = groupBy(inEffect, ({ rule }) => ruleSubject(rule))
  for (const [, ofSubject] of [...bySubject].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { rule } = ofSubject[0] as Span
    const any = anyTagsOf(rule)
    const rules = metricRulesOf(ofSubject)
    if (any.length === 0) exact.set(metricOfRule(rule), rules)
    else ofTags.push({ subject: { name: parseMetricName(metricOfRule(rule)), any }, rules })
  }
  ofTags.sort((a, b) => a.subject.any.length - b.subject.any.length)
  return { exact, byBase: groupBy(ofTags, ({ subject }) => subject.name.base) }
}

function metricRulesOf(spans: readonly Span[]): MetricRules {
  const ofScope = (kind: RuleScope['kind']): Span[] => spans.filter(({ rule }) => rule.scope.kind === kind)
  const ofAll = ofScope('all')
  const ofNodes = groupBy(ofScope('node'), ({ rule }) => scopeValue(rule))
  const patterns = groupBy(ofScope('pattern'), ({ rule }) => scopeValue(rule))
  const rules: MetricRules = {
    all: ofAll.length === 0 ? noTimeline : timelineOf(ofAll),
    ofNodes,
    ofPatterns: [...patterns].map(([pattern, own]) => ({ matches: matcherOf(pattern), spans: own })),
    byNode: new Map(),
  }
  if (rules.ofPatterns.length > 0) return rules
  for (const [nodeId, own] of ofNodes) rules.byNode.set(nodeId, { ...noNodeRules, narrowest: timelineOf(own) })
  return rules
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
