import { flappingChanges, isOfflineRule, type MetricRule } from '../rule/rule.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import type { NodeAlert } from '../alert/alert.ts'
import { evaluate, type SeriesStep } from './evaluate.ts'
import { begunAnew, firingEpisode, okAfter, withChanges, type Firing } from './episode.ts'
import { flapWindowMs, isFlapRule } from './flapping.ts'
import { holdMsOf, longestHoldMs, nextClearRun } from './hold.ts'
import { clears } from './levels.ts'
import type { Anchor, Reading, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { ClearRun, Episode, Flapping, SeriesState } from './series-state.ts'

/** What an evaluator needs if it did not read the log from its beginning. */
export interface EvaluationContext {
  readonly index: RuleIndex
  /** Earlier records of this partition were not read: an episode may already be open. */
  readonly isStartUnknown: boolean
}

/**
 * `evaluate` for a console with a backend. The steps are the same. In addition it tracks whether the start of an
 * episode may be unknown:
 * - at the first record of a series, if the partition was not read from its beginning
 * - after a rule change that arrived later than records it applies to
 *
 * While the start may be unknown, alerts open as provisional. The first value that clears ends the doubt. Under a rule
 * with a hold, values must be clear for the longest hold: until then the backend's alert may be held. Under a rule that
 * finds flapping, they must be clear for ten more minutes: until then a change counts that this console has not seen. In
 * doubt, changes are not counted here, and an open alert ends only after ten clear minutes, or when the backend's ends.
 */
// eslint-disable-next-line max-params -- as `evaluate`: called per reading
export function evaluateWithBackend(
  state: SeriesState,
  series: Series,
  context: EvaluationContext,
  reading: Reading,
): SeriesStep {
  const { index } = context
  const step = evaluate(state, series, index, reading)
  const [next] = step
  if (next === state) return step
  const isFirst = state.last === null
  const isMoved = next.rule !== state.rule
  if (!isFirst && !isMoved && state.startUnknown === undefined) return step
  const isLate = isMoved && isRuleLate(state, next, { series, index })
  const isStartUnknown = isFirst ? context.isStartUnknown : isLate || state.startUnknown === true
  if (!isStartUnknown) return step
  // The doubt begins before this record. Its time begins anew with another rule.
  const inDoubt =
    state.startUnknown === true ? step : evaluate({ ...state, startUnknown: true }, series, index, reading)
  return stillInDoubt(state, inDoubt, isMoved ? undefined : state.clearRun, { index, reading })
}

// eslint-disable-next-line max-params -- called per reading while the start is unknown
function stillInDoubt(
  { last }: SeriesState,
  [{ startUnknown: _, ...after }, transitions]: SeriesStep,
  run: ClearRun | undefined,
  { index, reading }: { readonly index: RuleIndex; readonly reading: Reading },
): SeriesStep {
  const next = { ...after, episode: withChanges(after.episode, undefined) }
  const clearRun = clearRunAfter({ last, run }, next, index, reading)
  if (clearRun === 'ended') return [next, transitions]
  const doubt = clearRun === undefined ? {} : { clearRun }
  return [{ ...next, startUnknown: true, ...doubt }, transitions.map(asProvisional)]
}

/**
 * The state after records were lost, for example while the computer slept for longer than Kafka keeps them. Nobody knows
 * whether a value stayed beyond its level, or below it: the `for` of what is pending and the hold of what is clear begin
 * again. An open alert stays open.
 * @param hasBackend an episode of the backend may have begun in between
 * @returns the same object if nothing changes
 */
export function afterLoss(state: SeriesState, hasBackend: boolean): SeriesState {
  const { episode } = state
  const isStartUnknown = hasBackend && state.startUnknown === undefined
  if (!isTimed(episode) && !isStartUnknown && state.clearRun === undefined) return state
  const { clearRun: _, ...rest } = state
  return { ...rest, episode: notHeld(episode), ...(isStartUnknown ? { startUnknown: true } : {}) }
}

/** Whether something about the episode counts time. */
function isTimed(episode: Episode): boolean {
  if (episode.phase !== 'firing') return episode.phase === 'pending'
  const { criticalSince, hold, flapping } = episode
  return criticalSince !== undefined || hold !== undefined || flapping?.steady !== undefined
}

function notHeld(episode: Episode): Episode {
  return episode.phase === 'firing' ? begunAnew(episode) : okAfter(episode)
}

/**
 * The state after rule versions arrived that were in effect at records of the series: the backend evaluated those by
 * other rules than this console. It is in doubt, also if the rule of its newest record is the same as before.
 * @returns `undefined` if nothing changes
 */
export function afterLateRules(
  state: SeriesState,
  { nodeId, metric }: Series,
  { before, after }: { readonly before: RuleIndex; readonly after: RuleIndex },
): SeriesState | undefined {
  const { last, startUnknown } = state
  if (last === null || startUnknown !== undefined) return undefined
  const known = (index: RuleIndex): string => {
    const intervals = index.intervals(nodeId, metric).filter(({ from }) => from <= last.at)
    return JSON.stringify(intervals.map(({ from, rule }) => [from, rule?.id, rule?.version]))
  }
  if (known(before) === known(after)) return undefined
  return { ...state, startUnknown: true, episode: withChanges(state.episode, undefined) }
}

/**
 * Joins the backend's episode, if the series may be in it with an unknown start; otherwise `undefined`. A series is in
 * one episode at a time, so the two are one if they overlap, under whatever version of whatever rule. The result has the
 * higher of both severities and then follows the same steps as the backend. The doubt goes on under a rule with a hold
 * or one that finds flapping: the backend's alert may end at another record than here. So it does if it has ended.
 */
export function adoptEpisode(state: SeriesState, official: NodeAlert, index: RuleIndex): SeriesState | undefined {
  const { startUnknown, clearRun: _, ...rest } = state
  const { episode, last } = rest
  if (startUnknown === undefined || last === null || official.kind !== 'value') return undefined
  const isInDoubt = isTimedRule(state, index) || official.phase === 'resolved'
  const began = episode.phase === 'ok' ? last : episode.since
  if (!overlaps(official, began.at, last.at)) return undefined
  const next = { ...rest, episode: joined(episode, official, began) }
  return isInDoubt ? { ...next, startUnknown } : next
}

/**
 * The state after a record of the backend's alert: joins its episode, or follows it if it has joined it.
 * @returns `undefined` if nothing changes
 */
export function takeOfficial(state: SeriesState, official: NodeAlert, index: RuleIndex): SeriesState | undefined {
  const { episode } = state
  const isIn = episode.phase === 'firing' && episode.alertId === official.id
  if (isIn && isTimedRule(state, index)) return followOfficial(state, official)
  return adoptEpisode(state, official, index) ?? followOfficial(state, official)
}

/** Whether the end of an alert depends on more than its newest value. */
function isTimedRule({ rule: ref }: SeriesState, index: RuleIndex): boolean {
  const rule = ref === null ? undefined : index.version(ref)
  return rule !== undefined && !isOfflineRule(rule) && doubtMsOf(rule) > 0
}

/** How long values must be clear until the backend's alert has ended, and none of its changes counts any more, ms. */
function doubtMsOf(rule: MetricRule): number {
  return (holdMsOf(rule) === 0 ? 0 : longestHoldMs) + (isFlapRule(rule) ? flapWindowMs : 0)
}

/**
 * Joins an episode of the backend that this console ended by levels that had already ended. Whether it went on since is
 * in doubt until a value clears.
 */
export function rejoinEpisode(state: SeriesState, official: NodeAlert, index: RuleIndex): SeriesState | undefined {
  const joinedAgain = adoptEpisode({ ...state, startUnknown: true }, official, index)
  return joinedAgain && { ...joinedAgain, startUnknown: true }
}

function joined(episode: Episode, official: NodeAlert, { position }: Anchor): Episode {
  const since = { at: official.since, position }
  const { id: alertId, severity, refires } = official
  const isFlapping = official.flappingSince !== undefined
  const flapping = official.flappingSince === undefined ? {} : { flapping: flappingOf(official.flappingSince) }
  const head = { phase: 'firing', alertId, since, ...(refires === undefined ? {} : { refires }), ...flapping } as const
  if (episode.phase === 'ok') return { ...head, severity }
  const isCritical = episode.phase === 'firing' && episode.severity === 'critical'
  const hold = episode.phase === 'firing' && !isFlapping ? episode.hold : undefined
  return firingEpisode({ ...head, severity: isCritical ? 'critical' : severity }, episode.criticalSince, hold)
}

/**
 * What the backend knows better of an episode that this console evaluates: it has read the log from an earlier record.
 * - how often the alert has fired again, which the length of its hold depends on
 * - since when its values were clear, once it has resolved. If this console has read as far, the episode ends.
 * - in doubt, whether it is flapping
 * @returns `undefined` if nothing changes
 */
function followOfficial(state: SeriesState, official: NodeAlert): SeriesState | undefined {
  const { episode } = state
  if (episode.phase !== 'firing' || episode.alertId !== official.id) return undefined
  if (official.phase === 'resolved') return followEnd(state, episode, official)
  const flapping = state.startUnknown === true ? followFlapping(episode, official) : episode
  const followed = state.rule?.id === official.ruleId ? followRefires(flapping, official) : flapping
  return followed === episode ? undefined : { ...state, episode: followed }
}

function followRefires(episode: Firing, { refires }: NodeAlert): Firing {
  if (refires === episode.refires) return episode
  const { refires: _, ...first } = episode
  return refires === undefined ? first : { ...first, refires }
}

/** The severity of a flapping alert is the worst. Its steady time counts from here. */
function followFlapping(episode: Firing, { flappingSince, severity }: NodeAlert): Firing {
  if ((flappingSince === undefined) === (episode.flapping === undefined)) return episode
  const { flapping: _, ...steady } = episode
  if (flappingSince === undefined) return steady
  const worst = severity === 'critical' ? severity : episode.severity
  const next = { ...steady, severity: worst, flapping: flappingOf(flappingSince) }
  return firingEpisode(next, episode.criticalSince, undefined)
}

function flappingOf(since: number): Flapping {
  return { since, changes: flappingChanges }
}

function followEnd(state: SeriesState, episode: Firing, official: NodeAlert): SeriesState | undefined {
  const { ruleId, refires = 0, resolvedAt, clearSince } = official
  if (state.last === null || resolvedAt === undefined) return undefined
  // Without a hold both end at the same record, unless this console is in doubt.
  if (clearSince === undefined && state.startUnknown === undefined) return undefined
  if (state.last.at >= resolvedAt) {
    const ended = clearSince === undefined ? {} : { ended: { ruleId, at: resolvedAt, refires } }
    return { ...state, episode: { phase: 'ok', ...ended }, startUnknown: true }
  }
  const { hold } = episode
  if (clearSince === undefined || hold?.clear === undefined || hold.clear <= clearSince) return undefined
  return { ...state, episode: { ...episode, hold: { ...hold, clear: clearSince } } }
}

/** Whether a value episode begins with this step. In doubt, it may be the backend's. */
function isNewEpisode(before: SeriesState, { episode }: SeriesState): boolean {
  if (episode.phase === 'ok') return false
  return before.episode.phase === 'ok' || before.episode.alertId !== episode.alertId
}

/** Whether the episode of the alert lies in this span of event times, epoch ms, at least in part. */
export function overlaps(alert: NodeAlert, from: number, to: number): boolean {
  return alert.since <= to && (alert.phase === 'firing' || from <= (alert.resolvedAt ?? -Infinity))
}

/**
 * Whether another evaluator has applied another rule at the newest record: the new one, or one between it and that of
 * the state.
 */
function isRuleLate(
  state: SeriesState,
  next: SeriesState,
  { series, index }: { series: Series; index: RuleIndex },
): boolean {
  const { last } = state
  if (last === null || next.rule === null) return false
  const { id, version } = next.rule
  const intervals = index.intervals(series.nodeId, series.metric)
  const interval = intervals.findLast(({ rule }) => rule?.id === id && rule.version === version)
  if (interval === undefined) return false
  if (interval.from <= last.at) return true
  const reached = Math.max(last.at, state.ruleFrom ?? -Infinity)
  const applied = intervals.findLast(({ from }) => from <= reached)?.rule
  return applied?.id !== state.rule?.id || applied?.version !== state.rule?.version
}

/** The clear values so far; `'ended'` if they end the doubt, or there is none; `undefined` if this one is not clear. */
// eslint-disable-next-line max-params -- called per reading while the start is unknown
function clearRunAfter(
  before: { readonly last: Anchor | null; readonly run: ClearRun | undefined },
  next: SeriesState,
  index: RuleIndex,
  { value }: Reading,
): ClearRun | 'ended' | undefined {
  const rule = next.rule === null ? undefined : index.version(next.rule)
  if (rule === undefined || isOfflineRule(rule)) return 'ended'
  if (!clears(rule, value)) return undefined
  const doubtMs = doubtMsOf(rule)
  if (doubtMs === 0 || next.last === null) return 'ended'
  const newestAt = next.last.at
  const beforeAt = Math.min(before.last?.at ?? newestAt, newestAt)
  const run = nextClearRun(before.run, { newestAt, beforeAt })
  return newestAt - run.clear >= doubtMs ? 'ended' : run
}

function asProvisional(transition: Transition): Transition {
  const isOpening = transition.kind === 'opened' && transition.alertKind === 'value'
  return isOpening ? { ...transition, provisional: true } : transition
}

/** Whether a doubt or, in doubt, an episode begins with a step: the backend may have published another episode. */
export function beginsInDoubt(before: SeriesState, next: SeriesState): boolean {
  if (next.startUnknown === undefined) return false
  return before.startUnknown === undefined || next.rule !== before.rule || isNewEpisode(before, next)
}
