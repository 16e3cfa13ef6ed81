import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import type { MetricRule } from '../rule/rule.ts'
import {
  anchorOf,
  begunAnew,
  noTransitions,
  okEpisode,
  ruleRefOf,
  sameRuleVersion,
  stepEpisode,
  withChanges,
  type EpisodeStep,
} from './episode.ts'
import type { EpisodeInput } from './episode-input.ts'
import { isFlapRule } from './flapping.ts'
import { allowedLatenessMs, isLate, notRecorded } from './lateness.ts'
import { breaches } from './levels.ts'
import { endNoData, stepNoData, type NodeClock } from './no-data.ts'
import { changeOfRule, continueEpisode } from './rule-change.ts'
import type { Anchor, Reading, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { Episode, SeriesState } from './series-state.ts'

/** The shortest time that a rule may allow without data. */
const leastNoDataMs = 5_000

/** A series before its first record. */
export const emptySeries: SeriesState = { rule: null, episode: okEpisode, noData: okEpisode, last: null }

export type SeriesStep = readonly [SeriesState, readonly Transition[]]

/**
 * One step of one series. It uses event time only, no clock. So the same readings in the same order give the same
 * transitions on every console, in any batches, from any saved state.
 *
 * Within the allowed lateness, the order of the log decides, not that of event times. The rule in effect is that of the
 * newest event time, so a late record never brings back an old rule. Beyond it, `isLate` decides from the timestamp of
 * the record whether it is late or the present.
 */
// eslint-disable-next-line max-params -- called per reading: an object of arguments would be one more allocation
export function evaluate(state: SeriesState, series: Series, index: RuleIndex, reading: Reading): SeriesStep {
  const newest = state.last
  if (newest === null || reading.at >= newest.at - allowedLatenessMs)
    return evaluateInOrder(state, series, index, reading)
  if (isLate(newest.at, reading.at, reading.recordedAt ?? notRecorded)) return [state, noTransitions]
  return evaluateInOrder(setBack(state, reading), series, index, reading)
}

/** A reading that is at most the allowed lateness older than the newest. */
// eslint-disable-next-line max-params -- as `evaluate`
function evaluateInOrder(state: SeriesState, series: Series, index: RuleIndex, reading: Reading): SeriesStep {
  const step = evaluateValue(state, series, index, reading)
  const paceMs = paceOf(state, series, index, reading)
  const part = state.last === null ? reading.part || undefined : state.part
  if (paceMs === step[0].paceMs && part === step[0].part) return step
  const { paceMs: _, part: _part, ...next } = step[0]
  const kept = part === undefined ? next : { ...next, part }
  return [paceMs === undefined ? kept : { ...kept, paceMs }, step[1]]
}

/** The step to this reading, ms, if its length alone is no data by the rule: then the metric is slow. */
// eslint-disable-next-line max-params -- as `evaluate`
function paceOf({ last, paceMs }: SeriesState, series: Series, index: RuleIndex, { at }: Reading): number | undefined {
  if (last === null) return undefined
  const stepMs = at - last.at
  if (stepMs <= 0) return paceMs
  if (stepMs < leastNoDataMs) return undefined
  const seconds = index.noDataSecondsFor(series.nodeId, series.metric, at)
  return seconds !== undefined && stepMs >= seconds * 1000 ? stepMs : undefined
}

// eslint-disable-next-line max-params -- as `evaluate`
function evaluateValue(state: SeriesState, series: Series, index: RuleIndex, reading: Reading): SeriesStep {
  const newest = state.last
  const last = newest === null || reading.at >= newest.at ? anchorOf(reading) : newest
  if (state.ruleFrom !== undefined && last.at < state.ruleFrom) {
    return endNoData({ ...state, last }, series, reading)
  }
  const rule = index.ruleFor(series.nodeId, series.metric, last.at)
  if (!sameRuleVersion(state.rule, rule)) return evaluateChange(state, rule, { series, index, reading, last })
  const isQuiet = state.episode.phase === 'ok' && state.noData.phase === 'ok'
  if (isQuiet && (rule === undefined || !breaches(rule, reading.value))) {
    const { rule: ref, episode, part } = state
    if (part === undefined) return [{ rule: ref, episode, noData: okEpisode, last }, noTransitions]
    return [{ rule: ref, episode, noData: okEpisode, last, part }, noTransitions]
  }
  const isInDoubt = state.startUnknown === true
  return evaluateUnderRule({ ...state, last }, rule, { series, reading, beforeAt: newest?.at, isInDoubt })
}

/** A clock as `evaluateAt` takes it. Both times are epoch ms. */
export interface Clock {
  readonly now: number
  /**
   * When the newest record arrived, or reading began; same clock as `now`. Default: longer ago than any rule allows.
   */
  readonly receivedAt?: number
  /** Of a metric: its node. */
  readonly node?: SeriesState | NodeClock | undefined
  /** Of a node: its observed interval, ms, if its state does not have the times of its parts. */
  readonly intervalMs?: () => number
}

/**
 * Transitions that no record triggers:
 * - a node that is offline, or a metric that is missing, for longer than the rule allows
 * - a rule that was deleted, disabled or replaced, while no record comes
 *
 * Results carry event times, never `now`.
 *
 * Call it only when the stream is read to its end: a backlog is not missing data. If a node's clock is ahead of `now`,
 * the rule of its newest event time stays in effect.
 */
// eslint-disable-next-line max-params -- the arguments of `evaluate`, with a clock instead of the reading
export function evaluateAt(state: SeriesState, series: Series, index: RuleIndex, clock: Clock): SeriesStep {
  const reached = Math.max(clock.now, lastEvaluatedAt(state))
  const [settled, closed] = closeWithoutRule(state, series, index, reached)
  const { now, receivedAt = -Infinity, node, intervalMs } = clock
  const [next, changes] = stepNoData(settled, reached, { series, index, now, receivedAt, node, intervalMs })
  return [next, closed.length === 0 ? changes : [...closed, ...changes]]
}

/**
 * The clock of the node was set back, or its newest record was from the future. The series continues at this reading:
 * nothing that is compared with event times may lie ahead of it. An open alert stays open.
 */
function setBack({ ruleFrom: _, ...state }: SeriesState, reading: Reading): SeriesState {
  const { episode } = state
  const last = anchorOf(reading)
  if (episode.phase !== 'firing') return { ...state, episode: okEpisode, last }
  return { ...state, episode: begunAnew(withChanges(episode, undefined)), last }
}

/** Step of a series whose rule does not change: no data ends, the value episode continues. */
function evaluateUnderRule(
  state: SeriesState,
  rule: MetricRule | undefined,
  step: Omit<EpisodeInput, 'rule'>,
): SeriesStep {
  const { series, reading } = step
  const [{ noData }, returned] = endNoData(state, series, reading)
  const settled: SeriesState = { rule: state.rule, episode: state.episode, noData, last: state.last }
  if (rule === undefined) return [settled, returned]
  const [episode, transitions] = stepEpisode(state.episode, { rule, ...step })
  return [{ ...settled, episode }, returned.length === 0 ? transitions : [...returned, ...transitions]]
}

interface ChangeStep {
  readonly series: Series
  readonly index: RuleIndex
  readonly reading: Reading
  readonly last: Anchor
}

/** The first step under another rule, or under none. */
function evaluateChange(state: SeriesState, rule: MetricRule | undefined, step: ChangeStep): SeriesStep {
  const { series, index, reading, last } = step
  const [{ noData }, returned] = endNoData({ ...state, last }, series, reading)
  const moved = { rule: rule === undefined ? null : ruleRefOf(rule), noData, last }
  const [after, transitions] = episodeAfterChange(state, rule, { series, index, reading, last })
  const episode = rule !== undefined && isFlapRule(rule) ? after : withChanges(after, undefined)
  return [{ ...moved, episode }, returned.length === 0 ? transitions : [...returned, ...transitions]]
}

function episodeAfterChange(state: SeriesState, rule: MetricRule | undefined, step: ChangeStep): EpisodeStep {
  const { rule: old, episode } = state
  const { series, index, reading, last } = step
  const seen = { beforeAt: state.last?.at, isInDoubt: state.startUnknown === true }
  if (episode.phase === 'ok') return episodeFromOk(rule, { ...step, ...seen }, episode)
  if (old === null) return episodeFromOk(rule, { ...step, ...seen })
  const intervals = index.intervals(series.nodeId, series.metric)
  const before = lastEvaluatedAt(state)
  const end = endOfRules(old, intervals, { rule, before, reached: last.at })
  if (end !== undefined) {
    const closed = closing(episode, { rule: old, series, index, end })
    const [next, transitions] = episodeFromOk(rule, { ...step, ...seen })
    return [next, [...closed, ...transitions]]
  }
  const current = intervals.findLast(({ from }) => from <= last.at)
  if (rule === undefined || current === undefined) return [okEpisode, noTransitions]
  const change = changeOfRule(index, old, current)
  const isLate = current.from <= before
  const input = { rule, series, reading, ...seen }
  return continueEpisode(episode, { ...input, from: old, before: index.version(old), change, isLate })
}

function episodeFromOk(
  rule: MetricRule | undefined,
  { series, reading, beforeAt, isInDoubt }: Pick<EpisodeInput, 'series' | 'reading' | 'beforeAt' | 'isInDoubt'>,
  episode: Extract<Episode, { phase: 'ok' }> = okEpisode,
): EpisodeStep {
  if (rule === undefined) return [okEpisode, noTransitions]
  return stepEpisode(episode, { rule, series, reading, beforeAt, isInDoubt })
}

/** Ends the value episode of a series that has no rule any more, or had none in between. */
// eslint-disable-next-line max-params -- called for every series that is not quiet
function closeWithoutRule(state: SeriesState, series: Series, index: RuleIndex, reached: number): SeriesStep {
  const { rule: old, episode } = state
  if (old === null || episode.phase === 'ok') return [state, noTransitions]
  const rule = index.ruleFor(series.nodeId, series.metric, reached)
  if (sameRuleVersion(old, rule)) return [state, noTransitions]
  const intervals = index.intervals(series.nodeId, series.metric)
  const end = endOfRules(old, intervals, { rule, before: lastEvaluatedAt(state), reached })
  if (end === undefined) return [state, noTransitions]
  const from = intervals.findLast((interval) => interval.from <= reached)?.from ?? reached
  const ended = { ...state, rule: rule === undefined ? null : ruleRefOf(rule), episode: okEpisode, ruleFrom: from }
  return [ended, closing(episode, { rule: old, series, index, end })]
}

interface Closing {
  readonly rule: RuleRef
  readonly series: Series
  readonly index: RuleIndex
  readonly end: RuleInterval
}

function closing(episode: Episode, { rule, series, index, end }: Closing): readonly Transition[] {
  if (episode.phase !== 'firing') return noTransitions
  const { by } = changeOfRule(index, rule, end)
  const head = { alertId: episode.alertId, alertKind: 'value', series, rule, at: end.from } as const
  return [{ ...head, kind: 'resolved', reason: 'rule-changed', value: null, ...(by === undefined ? {} : { by }) }]
}

/** The latest event time at which a record or the clock evaluated the series. */
function lastEvaluatedAt({ last, ruleFrom }: SeriesState): number {
  return Math.max(last?.at ?? -Infinity, ruleFrom ?? -Infinity)
}

/**
 * The interval that ends the episodes of `ref`: the first one without a rule after `before`, or the one in which the
 * rule stopped if it is gone. `undefined` if there always was a rule.
 */
function endOfRules(
  ref: RuleRef,
  intervals: readonly RuleInterval[],
  { rule, before, reached }: { rule: MetricRule | undefined; before: number; reached: number },
): RuleInterval | undefined {
  const gap = intervals.find((interval) => {
    return interval.from > before && interval.from <= reached && interval.rule === undefined
  })
  if (gap !== undefined || rule !== undefined) return gap
  const own = intervals.findLastIndex((interval) => sameRuleVersion(ref, interval.rule))
  return intervals.slice(own + 1).find((interval) => interval.rule === undefined) ?? { from: before, rule: undefined }
}
