import type { RuleIndex } from '../rule/rule-index.ts'
import type { Alert } from '../alert/alert.ts'
import { evaluate, evaluateAt, type SeriesStep } from './evaluate.ts'
import { clears } from './levels.ts'
import type { Anchor, Reading, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { Episode, SeriesState } from './series-state.ts'

/** What an evaluator that did not read the log from its beginning has to know beside the book. */
export interface EvaluationContext {
  readonly index: RuleIndex
  /** Records of this partition that came before were not read: the series may be in the middle of an episode. */
  readonly isStartUnknown: boolean
}

/**
 * `evaluate`, for a console that reads beside a backend. It steps exactly as `evaluate` does, and keeps account of
 * where it may be wrong about the beginning of an episode: at the first record of a series in a partition that was
 * not read from its beginning, and where a rule became known after records that it already judges. A value that clears
 * proves that nothing is open; until then alerts open as provisional.
 */
// eslint-disable-next-line max-params -- as `evaluate`: once a reading
export function evaluateWithBackend(
  state: SeriesState,
  series: Series,
  sight: EvaluationContext,
  reading: Reading,
): SeriesStep {
  const step = evaluate(state, series, sight.index, reading)
  const [next, transitions] = step
  if (next === state) return step
  const isFirst = state.last === null
  const isMoved = next.rule !== state.rule
  if (!isFirst && !isMoved && state.startUnknown === undefined) return step
  const isStartUnknown = isFirst
    ? sight.isStartUnknown
    : isMoved
      ? isRuleLate(state.last, next, { series, index: sight.index })
      : true
  if (!isStartUnknown || isStartKnown(next, sight.index, reading)) return step
  return [{ ...next, startUnknown: true }, transitions.map(asProvisional)]
}

/** `evaluateAt` with the same account. */
// eslint-disable-next-line max-params -- as `evaluateAt`
export function evaluateAtWithBackend(
  state: SeriesState,
  series: Series,
  index: RuleIndex,
  now: number,
  receivedAt?: number,
): SeriesStep {
  const step = evaluateAt(state, series, index, now, receivedAt)
  const [next, transitions] = step
  if (next.rule === state.rule || !isRuleLate(state.last, next, { series, index })) return step
  return [{ ...next, startUnknown: true }, transitions]
}

/**
 * The series in the episode that the backend knows of, where it may be in one that it has not seen the beginning of;
 * else `undefined`. From here on it goes the same way as the official evaluator: as severe as the more severe of the two.
 */
export function adoptEpisode(state: SeriesState, official: Alert): SeriesState | undefined {
  const { startUnknown, ...rest } = state
  const { episode, last } = rest
  if (startUnknown === undefined || last === null || !isUnder(rest, official)) return undefined
  const began = episode.phase === 'ok' ? last : episode.since
  if (!coversTime(official, began.at)) return undefined
  return { ...rest, episode: joined(episode, official, began) }
}

function isUnder({ rule }: SeriesState, official: Alert): boolean {
  return official.kind === 'value' && rule?.id === official.ruleId && rule.version === official.ruleVersion
}

function joined(episode: Episode, official: Alert, { position }: Anchor): Episode {
  const since = { at: official.since, position }
  const { id: alertId, severity } = official
  if (episode.phase === 'ok') return { phase: 'firing', alertId, since, severity }
  const isCritical = episode.phase === 'firing' && episode.severity === 'critical'
  return { ...episode, phase: 'firing', alertId, since, severity: isCritical ? 'critical' : severity }
}

/** Whether the episode of the alert goes over this moment (event time, epoch ms). */
export function coversTime(alert: Alert, at: number): boolean {
  return alert.since <= at && (alert.phase === 'firing' || at <= (alert.resolvedAt ?? -Infinity))
}

/** Whether the rule that the series moved to held at its newest record already, which another one has judged. */
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
  return rule === undefined || clears(rule, value)
}

function asProvisional(transition: Transition): Transition {
  const isOpening = transition.kind === 'opened' && transition.alertKind === 'value'
  return isOpening ? { ...transition, provisional: true } : transition
}
