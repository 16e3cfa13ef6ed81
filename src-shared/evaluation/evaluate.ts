import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import type { Rule } from '../rule/rule.ts'
import { anchorOf, noTransitions, okEpisode, ruleRefOf, stepEpisode } from './episode.ts'
import { breaches } from './levels.ts'
import { resolveNoDataAlert, isMissingData, openNoDataAlert, type ArrivalTimes } from './no-data.ts'
import type { Reading, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { SeriesState } from './series-state.ts'

/** A record older than the newest one of its series by more than this is stored, but not judged. */
const allowedLatenessMs = 120_000

/** A series before its first record. */
export const emptySeries: SeriesState = { rule: null, episode: okEpisode, noData: okEpisode, last: null }

export type SeriesStep = readonly [SeriesState, readonly Transition[]]

/**
 * One step of one series. Event time only: no clock enters, so the same readings in the same order give the same
 * transitions on every console, in any batches, from any saved state. Within the allowed lateness the order of the
 * log counts, not that of the event times; the rule in force is that of the newest event time, so that a late record
 * never brings an old rule back.
 */
// eslint-disable-next-line max-params -- once a reading: an object of arguments would be one more allocation each
export function evaluate(state: SeriesState, series: Series, index: RuleIndex, reading: Reading): SeriesStep {
  const newest = state.last
  if (newest !== null && reading.at < newest.at - allowedLatenessMs) return [state, noTransitions]
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
 * What only a clock can tell of a series: that it is silent for longer than its rule allows, and that a rule change
 * ends an alert whose next record does not come. `now` is epoch ms; what comes out says event times all the same.
 * To be asked only while the stream is read up to its end: a backlog is not silence. `receivedAt` (same clock): when the
 * series was last heard, or listening began; by default longer ago than any rule asks for. A node whose clock is ahead
 * of this one has told of a later time already, and the rule of that time stays in force.
 */
// eslint-disable-next-line max-params -- the same arguments as `evaluate`, with a clock in the place of the reading
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

/** The step of a series whose rule is settled: the silence ends, the value episode goes on. */
function evaluateUnderRule(
  state: SeriesState,
  rule: Rule | undefined,
  step: { series: Series; reading: Reading },
): SeriesStep {
  const { series, reading } = step
  const [{ noData }, returned] = endNoData(state, series, reading)
  const settled: SeriesState = { rule: state.rule, episode: state.episode, noData, last: state.last }
  if (rule === undefined) return [settled, returned]
  const [episode, transitions] = stepEpisode(state.episode, { rule, series, reading })
  return [{ ...settled, episode }, returned.length === 0 ? transitions : [...returned, ...transitions]]
}

/** A late record does not end a silence: what came after it is still missing, and the alert would open again as itself. */
function endNoData(state: SeriesState, series: Series, { at }: Reading): SeriesStep {
  const { rule, noData } = state
  if (noData.phase === 'ok' || rule === null || at < (state.last?.at ?? at)) return [state, noTransitions]
  return [{ ...state, noData: okEpisode }, [resolveNoDataAlert(noData, rule, { series, at })]]
}

interface SeriesClock extends ArrivalTimes {
  readonly series: Series
}

function startNoData(state: SeriesState, rule: Rule | undefined, clock: SeriesClock): SeriesStep {
  if (state.last === null || !isMissingData(rule, state.last, clock)) return [state, noTransitions]
  const [noData, opened] = openNoDataAlert(rule, clock.series, { last: state.last, ruleFrom: state.ruleFrom })
  return [{ ...state, noData }, [opened]]
}

/** Takes the series to another rule (or none): what fires under the old one ends where the old one ended. */
function moveTo(
  rule: Rule | undefined,
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

/** The latest event time that the series was judged at, by a record or by the clock. */
function lastEvaluatedAt({ last, ruleFrom }: SeriesState): number {
  return Math.max(last?.at ?? -Infinity, ruleFrom ?? -Infinity)
}

/**
 * When `ref` stopped judging the series: the first change after `after`, or the one that `after` lies behind already
 * (a rule that became known late). `after` itself where the book does not know.
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

function sameRuleVersion(ref: RuleRef | null, rule: Rule | undefined): boolean {
  if (ref === null || rule === undefined) return ref === null && rule === undefined
  return ref.version === rule.version && ref.id === rule.id
}
