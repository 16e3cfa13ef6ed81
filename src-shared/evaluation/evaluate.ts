import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import type { MetricRule, Rule } from '../rule/rule.ts'
import { anchorOf, noTransitions, okEpisode, ruleRefOf, stepEpisode } from './episode.ts'
import { allowedLatenessMs, isLate, notRecorded } from './lateness.ts'
import { breaches } from './levels.ts'
import { resolveNoDataAlert, isMissingData, openNoDataAlert, type ArrivalTimes } from './no-data.ts'
import type { Reading, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

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
  const newest = state.last
  const last = newest === null || reading.at >= newest.at ? anchorOf(reading) : newest
  if (state.ruleFrom !== undefined && last.at < state.ruleFrom) {
    return endNoData({ ...state, last }, series, reading)
  }
  const rule = index.ruleFor(series.nodeId, series.metric, last.at)
  if (!sameRuleVersion(state.rule, rule)) {
    const [moved, closed] = moveTo(rule, state, { series, index })
    const [next, transitions] = evaluateUnderRule({ ...moved, last }, rule, { series, reading })
    return [next, [...closed, ...transitions]]
  }
  const isQuiet = state.episode.phase === 'ok' && state.noData.phase === 'ok'
  if (isQuiet && (rule === undefined || !breaches(rule, reading.value))) {
    return [{ rule: state.rule, episode: okEpisode, noData: okEpisode, last }, noTransitions]
  }
  return evaluateUnderRule({ ...state, last }, rule, { series, reading })
}

/**
 * Transitions that no record triggers:
 * - no data for longer than the rule allows
 * - a rule change that ends an alert whose next record never comes
 *
 * Results carry event times, never `now`.
 *
 * Call it only when the stream is read to its end: a backlog is not missing data. If a node's clock is ahead of `now`,
 * the rule of its newest event time stays in effect.
 * @param now epoch ms
 * @param receivedAt when the newest record arrived, or reading began; same clock as `now`. Default: longer ago than any
 *   rule allows
 */
// eslint-disable-next-line max-params -- the arguments of `evaluate`, with a clock instead of the reading
export function evaluateAt(
  state: SeriesState,
  series: Series,
  index: RuleIndex,
  now: number,
  receivedAt = -Infinity,
): SeriesStep {
  const clock: SeriesClock = { series, now, receivedAt }
  const reached = Math.max(now, lastEvaluatedAt(state))
  const rule = index.ruleFor(series.nodeId, series.metric, reached)
  if (sameRuleVersion(state.rule, rule)) {
    return state.noData.phase === 'ok' ? startNoData(state, rule, clock) : [state, noTransitions]
  }
  const isFiring = state.episode.phase === 'firing' || state.noData.phase === 'firing'
  if (!isFiring && !isMissingData(rule, state.last, clock)) return [state, noTransitions]
  const [moved, closed] = moveTo(rule, state, { series, index })
  const from = index.intervals(series.nodeId, series.metric).findLast((interval) => interval.from <= reached)?.from
  const ahead = from === undefined ? moved : { ...moved, ruleFrom: from }
  const [next, opened] = startNoData(ahead, rule, clock)
  return [next, [...closed, ...opened]]
}

/**
 * The clock of the node was set back, or its newest record was from the future. The series continues at this reading:
 * nothing that is compared with event times may lie ahead of it. An open alert stays open.
 */
function setBack({ ruleFrom: _, ...state }: SeriesState, reading: Reading): SeriesState {
  const { episode } = state
  const last = anchorOf(reading)
  if (episode.phase !== 'firing') return { ...state, episode: okEpisode, last }
  const { criticalSince: _since, ...firing } = episode
  return { ...state, episode: firing, last }
}

/** Step of a series whose rule does not change: no data ends, the value episode continues. */
function evaluateUnderRule(
  state: SeriesState,
  rule: MetricRule | undefined,
  step: { series: Series; reading: Reading },
): SeriesStep {
  const { series, reading } = step
  const [{ noData }, returned] = endNoData(state, series, reading)
  const settled: SeriesState = { rule: state.rule, episode: state.episode, noData, last: state.last }
  if (rule === undefined) return [settled, returned]
  const [episode, transitions] = stepEpisode(state.episode, { rule, series, reading })
  return [{ ...settled, episode }, returned.length === 0 ? transitions : [...returned, ...transitions]]
}

/** A late record does not end no data: newer records are still missing, and the same alert would open again. */
function endNoData(state: SeriesState, series: Series, { at }: Reading): SeriesStep {
  const { rule, noData } = state
  if (noData.phase === 'ok' || rule === null || at < (state.last?.at ?? at)) return [state, noTransitions]
  return [{ ...state, noData: okEpisode }, [resolveNoDataAlert(noData, rule, { series, at })]]
}

interface SeriesClock extends ArrivalTimes {
  readonly series: Series
}

function startNoData(state: SeriesState, rule: MetricRule | undefined, clock: SeriesClock): SeriesStep {
  if (state.last === null || !isMissingData(rule, state.last, clock)) return [state, noTransitions]
  const [noData, opened] = openNoDataAlert(rule, clock.series, { last: state.last, ruleFrom: state.ruleFrom })
  return [{ ...state, noData }, [opened]]
}

/** Moves the series to another rule, or none. Alerts of the old rule end when the old rule ended. */
function moveTo(
  rule: MetricRule | undefined,
  state: SeriesState,
  { series, index }: { series: Series; index: RuleIndex },
): SeriesStep {
  const moved: SeriesState = {
    rule: rule === undefined ? null : ruleRefOf(rule),
    episode: okEpisode,
    noData: okEpisode,
    last: state.last,
  }
  const { rule: old, episode, noData, last } = state
  if (old === null || last === null) return [moved, noTransitions]
  const at = ruleEndAt(old, index.intervals(series.nodeId, series.metric), lastEvaluatedAt(state))
  const closing = { series, rule: old, at, kind: 'resolved', reason: 'rule-changed', value: null } as const
  const closed: Transition[] = []
  if (episode.phase === 'firing') closed.push({ ...closing, alertId: episode.alertId, alertKind: 'value' })
  if (noData.phase === 'firing') closed.push({ ...closing, alertId: noData.alertId, alertKind: 'no-data' })
  return [moved, closed]
}

/** The latest event time at which a record or the clock evaluated the series. */
function lastEvaluatedAt({ last, ruleFrom }: SeriesState): number {
  return Math.max(last?.at ?? -Infinity, ruleFrom ?? -Infinity)
}

/**
 * When `ref` stopped applying to the series: at the first change after `after`, or before `after` if the rule became
 * known late. Returns `after` if the index does not know.
 */
function ruleEndAt(ref: RuleRef, intervals: readonly RuleInterval[], after: number): number {
  let end: number | undefined
  for (const { from, rule } of intervals) {
    if (sameRuleVersion(ref, rule)) {
      if (from <= after) end = undefined
    } else {
      end ??= from
    }
  }
  return end ?? after
}

export function sameRuleVersion(ref: RuleRef | null, rule: Rule | undefined): boolean {
  if (ref === null || rule === undefined) return ref === null && rule === undefined
  return ref.version === rule.version && ref.id === rule.id
}
