import { isOfflineRule, metricOfRule, type MetricRule, type OfflineRule, type Rule, wholeNode } from './rule.ts'

/** The rule of a series from `from` (event time, epoch ms) until the next interval begins. */
export interface RuleInterval {
  readonly from: number
  readonly rule: Rule | undefined
  /** As `RuleIndex.noDataSecondsFor`; absent where it returns `undefined`. */
  readonly noDataSeconds?: number
}

export interface RuleIndex {
  /**
   * The rule in effect for this series at event time `at`: enabled and not deleted. A node's own rule overrides the one
   * for all nodes. Of two rules with the same scope and metric, the one that took effect last wins.
   */
  readonly ruleFor: (nodeId: string, metric: string, at: number) => MetricRule | undefined
  /**
   * Seconds after which the metric is missing while its node goes on: of the rule in effect. A node's own rule without
   * the field inherits it from the rule for all nodes. `undefined`: never.
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
  all: Timeline
  readonly byNode: Map<string, Timeline>
}

/** Rules of one scope for one metric over time. `starts[i]` belongs to `rules[i]`; before the first there is none. */
interface Timeline {
  readonly starts: readonly number[]
  readonly rules: ReadonlyArray<Rule | undefined>
}

const noTimeline: Timeline = { starts: [], rules: [] }

/** Index of rule versions. Built once per change, read once per reading: two map lookups, no allocation. */
export function ruleIndex(versions: readonly Rule[]): RuleIndex {
  const byId = groupBy(versions, (rule) => rule.id)
  const byMetric = indexByMetric([...byId.values()].flatMap(spansOf))
  const byRef = new Map(versions.map((rule) => [ruleVersionKey(rule), rule]))
  const current = [...byId.values()].map(newestOf).filter((rule) => !rule.deleted)

  const inEffect = (nodeId: string, metric: string, at: number): Rule | undefined => {
    const rules = byMetric.get(metric)
    if (rules === undefined) return undefined
    const own = rules.byNode.get(nodeId)
    return (own === undefined ? undefined : ruleAt(own, at)) ?? ruleAt(rules.all, at)
  }

  const noDataSecondsFor = (nodeId: string, metric: string, at: number): number | undefined => {
    const rule = inEffect(nodeId, metric, at)
    if (rule === undefined || isOfflineRule(rule)) return undefined
    if (rule.noDataSeconds !== undefined || rule.scope.kind === 'all') return rule.noDataSeconds
    const general = ruleAt(byMetric.get(metric)?.all ?? noTimeline, at)
    return general === undefined || isOfflineRule(general) ? undefined : general.noDataSeconds
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
      return Math.min(startAfter(rules.all, at), startAfter(rules.byNode.get(nodeId) ?? noTimeline, at))
    },
    intervals: (nodeId, metric) => {
      const rules = byMetric.get(metric)
      const starts = new Set([...(rules?.byNode.get(nodeId)?.starts ?? []), ...(rules?.all.starts ?? [])])
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
    const byNode = new Map<string, Timeline>()
    const ofNodes = ofMetric.filter(({ rule }) => rule.scope.kind === 'node')
    for (const [nodeId, own] of groupBy(ofNodes, ({ rule }) => scopeNodeId(rule))) byNode.set(nodeId, timelineOf(own))
    const ofAll = ofMetric.filter(({ rule }) => rule.scope.kind === 'all')
    index.set(metric, { all: ofAll.length === 0 ? noTimeline : timelineOf(ofAll), byNode })
  }
  return index
}

function scopeNodeId(rule: Rule): string {
  return rule.scope.kind === 'node' ? rule.scope.nodeId : ''
}

function timelineOf(spans: readonly Span[]): Timeline {
  const latestFirst = [...spans].sort(
    (a, b) => b.rule.effectiveFrom - a.rule.effectiveFrom || (a.rule.id < b.rule.id ? 1 : -1),
  )
  const edges = spans.flatMap(({ rule, until }) =>
    until === Infinity ? [rule.effectiveFrom] : [rule.effectiveFrom, until],
  )
  const intervals = intervalsOf(edges, (at) => ({
    from: at,
    rule: latestFirst.find(({ rule, until }) => rule.effectiveFrom <= at && at < until)?.rule,
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
