import { isOfflineRule } from '../rule/rule.ts'
import type { RuleIndex } from '../rule/rule-index.ts'
import type { Alert } from '../alert/alert.ts'
import { evaluate, type SeriesStep } from './evaluate.ts'
import { okEpisode } from './episode.ts'
import { clears } from './levels.ts'
import type { Anchor, Reading, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { Episode, SeriesState } from './series-state.ts'

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
 * While the start may be unknown, alerts open as provisional. The first value that clears ends the doubt.
 */
// eslint-disable-next-line max-params -- as `evaluate`: called per reading
export function evaluateWithBackend(
  state: SeriesState,
  series: Series,
  context: EvaluationContext,
  reading: Reading,
): SeriesStep {
  const step = evaluate(state, series, context.index, reading)
  const [next, transitions] = step
  if (next === state) return step
  const isFirst = state.last === null
  const isMoved = next.rule !== state.rule
  if (!isFirst && !isMoved && state.startUnknown === undefined) return step
  const isLate = isMoved && isRuleLate(state.last, next, { series, index: context.index })
  const isStartUnknown = isFirst ? context.isStartUnknown : isLate || state.startUnknown === true
  if (!isStartUnknown || isStartKnown(next, context.index, reading)) return step
  return [{ ...next, startUnknown: true }, transitions.map(asProvisional)]
}

/**
 * The state after records were lost, for example while the computer slept for longer than Kafka keeps them. Nobody knows
 * whether a value stayed beyond its level: the `for` of what is pending begins again. An open alert stays open.
 * @param hasBackend an episode of the backend may have begun in between
 * @returns the same object if nothing changes
 */
export function afterLoss(state: SeriesState, hasBackend: boolean): SeriesState {
  const { episode } = state
  const isStartUnknown = hasBackend && state.startUnknown === undefined
  const isHeld = episode.phase === 'pending' || (episode.phase === 'firing' && episode.criticalSince !== undefined)
  if (!isHeld && !isStartUnknown) return state
  return { ...state, episode: notHeld(episode), ...(isStartUnknown ? { startUnknown: true } : {}) }
}

function notHeld(episode: Episode): Episode {
  if (episode.phase !== 'firing') return okEpisode
  const { criticalSince: _since, ...firing } = episode
  return firing
}

/**
 * Joins the backend's episode, if the series may be in it with an unknown start; otherwise `undefined`. A series is in
 * one episode at a time, so the two are one if they overlap, under whatever version of whatever rule. The result has the
 * higher of both severities and then follows the same steps as the backend.
 */
export function adoptEpisode(state: SeriesState, official: Alert): SeriesState | undefined {
  const { startUnknown, ...rest } = state
  const { episode, last } = rest
  if (startUnknown === undefined || last === null || official.kind !== 'value') return undefined
  const began = episode.phase === 'ok' ? last : episode.since
  if (!overlaps(official, began.at, last.at)) return undefined
  return { ...rest, episode: joined(episode, official, began) }
}

/**
 * Joins an episode of the backend that this console ended by levels that had already ended. Whether it went on since is
 * in doubt until a value clears.
 */
export function rejoinEpisode(state: SeriesState, official: Alert): SeriesState | undefined {
  const joinedAgain = adoptEpisode({ ...state, startUnknown: true }, official)
  return joinedAgain && { ...joinedAgain, startUnknown: true }
}

function joined(episode: Episode, official: Alert, { position }: Anchor): Episode {
  const since = { at: official.since, position }
  const { id: alertId, severity } = official
  if (episode.phase === 'ok') return { phase: 'firing', alertId, since, severity }
  const isCritical = episode.phase === 'firing' && episode.severity === 'critical'
  return { ...episode, phase: 'firing', alertId, since, severity: isCritical ? 'critical' : severity }
}

/** Whether the episode of the alert lies in this span of event times, epoch ms, at least in part. */
export function overlaps(alert: Alert, from: number, to: number): boolean {
  return alert.since <= to && (alert.phase === 'firing' || from <= (alert.resolvedAt ?? -Infinity))
}

/** Whether the new rule was already in effect at the newest record: another evaluator has applied it. */
function isRuleLate(
  last: Anchor | null,
  next: SeriesState,
  { series, index }: { series: Series; index: RuleIndex },
): boolean {
  if (last === null || next.rule === null) return false
  const { id, version } = next.rule
  const interval = index
    .intervals(series.nodeId, series.metric)
    .findLast(({ rule }) => rule?.id === id && rule.version === version)
  return interval !== undefined && interval.from <= last.at
}

function isStartKnown(next: SeriesState, index: RuleIndex, { value }: Reading): boolean {
  const rule = next.rule === null ? undefined : index.version(next.rule)
  return rule === undefined || isOfflineRule(rule) || clears(rule, value)
}

function asProvisional(transition: Transition): Transition {
  const isOpening = transition.kind === 'opened' && transition.alertKind === 'value'
  return isOpening ? { ...transition, provisional: true } : transition
}
