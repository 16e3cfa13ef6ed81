import { wholeNode, type Anchor, type Reading, type RuleRef, type Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { isAhead } from '../format/time.ts'
import { dayMs } from '../format/time-units.ts'
import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import { isOfflineRule, type Condition, type Rule, type Severity } from '../rule/rule.ts'
import { noTransitions, okEpisode, ruleRefOf, sameRuleVersion } from './episode.ts'
import { nodeInterval, ownPart, partInterval } from './node-parts.ts'
import { allowedMs } from './observed-interval.ts'
import { changeOfRule, type RuleChange } from './rule-change.ts'
import type { NoData, SeriesState } from './series-state.ts'

type Step = readonly [SeriesState, readonly Transition[]]

/**
 * Alerts that opened longer ago than this do not notify. No offline or no-data alert opens for a node or a metric whose
 * last record is older: a first start must not page for nodes removed long ago. The node still shows as stale.
 */
export const notifyWithinMs = dayMs

/**
 * Both epoch ms of this computer's clock. `receivedAt`: when the newest record arrived, or reading began. Records of a
 * node with a slow clock look old when they arrive, so a recent arrival counts as data.
 */
interface ArrivalTimes {
  readonly now: number
  readonly receivedAt: number
}

export interface SeriesClock extends ArrivalTimes {
  readonly series: Series
  readonly index: RuleIndex
  /** Of a metric. Without it, nothing is known of the node, and no metric of it is missing. */
  readonly node: SeriesState | NodeClock | undefined
  /** Of a node: its observed interval, ms, if its state does not have the times of its parts. */
  readonly intervalMs?: (() => number) | undefined
}

/** What the metrics of a node depend on, for who keeps the times of its parts elsewhere. */
export interface NodeClock extends Pick<SeriesState, 'last' | 'noData' | 'resumedAt'> {
  /** Observed interval of one of its parts, ms; see `partInterval`. */
  readonly intervalOf: (part: string) => number
}

/** A rule as far as it watches for records that do not come. */
interface Watch {
  readonly kind: 'no-data' | 'offline'
  readonly rule: Rule
  /** Event time from which it applies, epoch ms. */
  readonly from: number
  readonly seconds: number
  readonly severity: Severity
  readonly condition: Condition
}

/** Event times, epoch ms: without a record from `since` to `until`, as far as the log is known. */
interface Absence {
  readonly since: number
  readonly until: number
  readonly intervalMs: number
}

/**
 * Opens, continues and ends the no-data alert of a metric, or the offline alert of a node, by the clock. `reached`: event
 * time whose rules apply.
 *
 * A changed rule, also another rule, continues the alert if the records were missing for its time already when it took
 * effect. Otherwise it ends the alert.
 */
export function stepNoData(state: SeriesState, reached: number, clock: SeriesClock): Step {
  const { noData, last } = state
  if (last === null) return [state, noTransitions]
  if (noData.phase === 'ok') return startNoData(state, last, { reached, clock })
  const under = noData.rule ?? state.rule
  if (under === null) return [state, noTransitions]
  const intervals = intervalsAfter({ under, from: noData.from }, reached, { last, clock })
  const absence = absenceOf(state, last, clock)
  const transitions: Transition[] = []
  let firing = noData
  for (const interval of intervals) {
    const watch = watchOf(interval)
    const before = firing.rule ?? under
    if (watch !== undefined && sameRuleVersion(before, interval.rule)) continue
    const change = changeOfRule(clock.index, before, interval)
    const head = { alertId: noData.alertId, alertKind: kindOf(clock.series), series: clock.series, at: interval.from }
    if (watch === undefined || !isMissingAt(watch, absence, Math.min(interval.from, absence.until))) {
      const ended = endedByRule({ ...head, rule: before }, change)
      const closed = closedAt(state, interval.from, clock)
      const [next, opened] = startNoData(closed, last, { reached, clock })
      return [next, [...transitions, ended, ...opened]]
    }
    const rule = ruleRefOf(watch.rule)
    transitions.push(continuedUnder(watch, { ...head, rule }, change))
    firing = { ...firing, rule, from: interval.from }
  }
  return transitions.length === 0 ? [state, noTransitions] : [{ ...state, noData: firing }, transitions]
}

type Head = Pick<Transition, 'alertId' | 'alertKind' | 'series' | 'rule' | 'at'>

function continuedUnder(watch: Watch, head: Head, { by = watch.rule.updatedBy, edits }: RuleChange): Transition {
  const { severity, seconds, condition } = watch
  const levels = { severity, value: null, threshold: seconds, condition, forSeconds: seconds }
  return { ...head, kind: 'rule-changed', ...levels, by, edits }
}

function endedByRule(head: Head, { by }: RuleChange): Transition {
  const author = by === undefined ? {} : { by }
  return { ...head, kind: 'resolved', reason: 'rule-changed', value: null, ...author }
}

/** No alert any more since a change of the rule. Of a node, only what begins since then counts. */
function closedAt(state: SeriesState, from: number, { series }: SeriesClock): SeriesState {
  const closed = { ...state, noData: okEpisode }
  return series.metric === wholeNode ? { ...closed, ruleFrom: from } : closed
}

/** A record came. A late one ends nothing: newer records are still missing, and the same alert would open again. */
export function endNoData(state: SeriesState, series: Series, { at }: Pick<Reading, 'at'>): Step {
  const { noData } = state
  if (noData.phase === 'ok' || at < (state.last?.at ?? at)) return [state, noTransitions]
  const rule = noData.rule ?? state.rule
  if (rule === null) return [state, noTransitions]
  const head = { alertId: noData.alertId, alertKind: kindOf(series), series, rule, at } as const
  return [{ ...state, noData: okEpisode }, [{ ...head, kind: 'resolved', reason: 'data-returned', value: null }]]
}

/**
 * Intervals that began after the alert opened or continued, at `since`. The same version may apply again after another
 * one: only this time tells which of its intervals the alert is in. States of older versions lack it.
 */
function intervalsAfter(
  { under, from: since }: { under: RuleRef; from: number | undefined },
  reached: number,
  { last, clock: { index, series } }: { last: Anchor; clock: SeriesClock },
): readonly RuleInterval[] {
  const all = index.intervals(series.nodeId, series.metric)
  const known = all.filter(({ from }) => from <= reached)
  if (since !== undefined && isApplied(under, since, all)) return known.filter(({ from }) => from > since)
  const current = known.at(-1)
  if (sameRuleVersion(under, current?.rule) && current && watchOf(current) !== undefined) return []
  const own = known.findLastIndex(({ rule }) => sameRuleVersion(under, rule))
  if (own !== -1) return known.slice(own + (own === known.length - 1 ? 0 : 1))
  // The clock was set back to before the start of the rule: it still applies.
  if (all.some(({ rule }) => sameRuleVersion(under, rule))) return []
  const later = known.filter(({ from }) => from > last.at)
  return later.length > 0 || current === undefined ? later : [current]
}

/** Whether this version applies at this time. A version that arrived late may have replaced it. */
function isApplied(ref: RuleRef, at: number, intervals: readonly RuleInterval[]): boolean {
  return sameRuleVersion(ref, intervals.findLast(({ from }) => from <= at)?.rule)
}

function startNoData(
  state: SeriesState,
  last: Anchor,
  { reached, clock }: { reached: number; clock: SeriesClock },
): Step {
  if (!mayBeMissing(last, reached, clock)) return [state, noTransitions]
  const { series, index, now, receivedAt } = clock
  const intervals = index.intervals(series.nodeId, series.metric).filter(({ from }) => from <= reached)
  const current = intervals.at(-1)
  const watch = current && watchOf(current)
  if (watch === undefined) return [state, noTransitions]
  const absence = absenceOf(state, last, clock)
  const limit = allowedMs(watch.seconds * 1000, absence.intervalMs)
  const isOld = isMissingAt(watch, absence, absence.until) || isUnproven(last, clock)
  if (!isOld || now - receivedAt < limit || now - last.at > Math.max(notifyWithinMs, 2 * limit)) {
    return [state, noTransitions]
  }
  const earlier = series.metric === wholeNode ? firstMissing(intervals, absence, state) : undefined
  const [noData, opened] = open(earlier ?? watch, series, { last, absence })
  const firing = { ...state, noData }
  if (earlier === undefined) return [firing, [opened]]
  const [next, changes] = stepNoData(firing, reached, clock)
  return [next, [opened, ...changes]]
}

/**
 * The rule under which a node became offline, if another one applies by now: an evaluator that looked all the time has
 * opened the alert under it, and continued it since.
 */
function firstMissing(
  intervals: readonly RuleInterval[],
  absence: Absence,
  { ruleFrom = -Infinity }: SeriesState,
): Watch | undefined {
  const from = intervals.findLastIndex((interval) => interval.from <= Math.max(absence.since, ruleFrom))
  for (let i = Math.max(from, 0); i < intervals.length - 1; i++) {
    const watch = watchOf(intervals[i] as RuleInterval)
    const until = (intervals[i + 1] as RuleInterval).from
    if (watch !== undefined && opensAt(watch, absence) < until) return watch
  }
  return undefined
}

function opensAt({ from, seconds }: Watch, { since, intervalMs }: Absence): number {
  return Math.max(since + allowedMs(seconds * 1000, intervalMs), from)
}

/** A record of a node from the future is no proof that it goes on: only its arrival counts. */
function isUnproven({ at }: Anchor, { series, now, receivedAt }: SeriesClock): boolean {
  return series.metric === wholeNode && receivedAt !== -Infinity && isAhead(at, now)
}

/** Whether the records may be missing: cheap, and true for few series. */
function mayBeMissing(last: Anchor, reached: number, clock: SeriesClock): boolean {
  const { series, index, now, node } = clock
  const { nodeId, metric } = series
  const { at } = last
  if (metric === wholeNode) {
    const rule = index.offlineRuleFor(nodeId, reached)
    return rule !== undefined && (now - at >= rule.seconds * 1000 || isUnproven(last, clock))
  }
  if (node === undefined || node.last === null || node.noData.phase === 'firing') return false
  const seconds = index.noDataSecondsFor(nodeId, metric, reached)
  return seconds !== undefined && node.last.at - at >= seconds * 1000
}

interface OpenedBy {
  readonly last: Anchor
  readonly absence: Absence
}

/**
 * Opens the alert. Every evaluator computes the same one: its times come from the last record, the rule and the node's
 * steps, never from the clock. The start of a rule that is newer than the last record is part of the anchor: a rule that
 * is overridden and comes back opens another alert.
 */
function open(watch: Watch, series: Series, { last, absence }: OpenedBy): readonly [NoData, Transition] {
  const { kind, severity, condition, seconds } = watch
  const at = opensAt(watch, absence)
  const anchor: Anchor = { at: Math.max(last.at, watch.from), position: last.position }
  const rule = ruleRefOf(watch.rule)
  const alertId = alertIdOf(kind, { rule, series, anchor })
  const head = { alertId, alertKind: kind, series, rule, at } as const
  const levels = { severity, value: null, threshold: seconds, condition, forSeconds: seconds }
  return [
    { phase: 'firing', alertId, anchor, rule, from: at },
    { ...head, kind: 'opened', since: last.at, ...levels },
  ]
}

function watchOf({ from, rule, noDataSeconds }: RuleInterval): Watch | undefined {
  if (rule === undefined) return undefined
  if (isOfflineRule(rule)) {
    return { kind: 'offline', rule, from, seconds: rule.seconds, severity: rule.severity, condition: 'greater' }
  }
  if (noDataSeconds === undefined) return undefined
  return { kind: 'no-data', rule, from, seconds: noDataSeconds, severity: 'critical', condition: rule.condition }
}

/**
 * A node is compared with the clock, a metric with the newest record of its node: it is missing while the node goes on.
 * After a pause of the node, each of its metrics has its whole time again.
 */
function absenceOf(state: SeriesState, { at }: Anchor, clock: SeriesClock): Absence {
  const { series, now, node } = clock
  const { part = ownPart, paceMs = 0 } = state
  if (series.metric === wholeNode) {
    return { since: at, until: now, intervalMs: clock.intervalMs?.() ?? nodeInterval(state) }
  }
  const intervalMs = Math.max(node === undefined ? 0 : intervalOf(node, part), paceMs)
  return { since: Math.max(at, node?.resumedAt ?? at), until: node?.last?.at ?? at, intervalMs }
}

function intervalOf(node: SeriesState | NodeClock, part: string): number {
  return 'intervalOf' in node ? node.intervalOf(part) : partInterval(node, part)
}

function isMissingAt({ seconds }: Watch, { since, intervalMs }: Absence, at: number): boolean {
  return at - since >= allowedMs(seconds * 1000, intervalMs)
}

function kindOf({ metric }: Series): 'no-data' | 'offline' {
  return metric === wholeNode ? 'offline' : 'no-data'
}
