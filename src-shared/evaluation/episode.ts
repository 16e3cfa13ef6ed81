import type { MetricRule, Rule, Severity } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import type { EpisodeInput } from './episode-input.ts'
import { beginFlapping, changesWith, findsFlapping, flapWindowMs, mayBeFlapping, nextFlapping } from './flapping.ts'
import { holdMsOf, nextHold, refiresOf } from './hold.ts'
import { breaches, clears, eases, exceeds, levelOf } from './levels.ts'
import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { Episode, Flapping, Hold } from './series-state.ts'

type Ok = Extract<Episode, { phase: 'ok' }>
type Pending = Extract<Episode, { phase: 'pending' }>
export type Firing = Extract<Episode, { phase: 'firing' }>
export type EpisodeStep = readonly [Episode, readonly Transition[]]

export const okEpisode = { phase: 'ok' } as const
export const noTransitions: readonly Transition[] = []

/** One step of the value episode. A value that does not breach returns an ok episode unchanged. */
export function stepEpisode(episode: Episode, input: EpisodeInput): EpisodeStep {
  if (episode.phase === 'firing') return stepFiring(episode, input)
  if (!breaches(input.rule, input.reading.value)) return [okAfter(episode), noTransitions]
  return episode.phase === 'pending' ? stepPending(episode, input) : begin(episode, input)
}

/** No episode any more. What an end before it left stays: the next alert may be a re-fire. */
export function okAfter(episode: Ok | Pending): Ok {
  if (episode.phase === 'ok') return episode
  const kept = keptOf(episode)
  return kept.ended === undefined && kept.changes === undefined ? okEpisode : { phase: 'ok', ...kept }
}

export function anchorOf({ at, position }: Anchor): Anchor {
  return { at, position }
}

export function ruleRefOf({ id, version }: Rule): RuleRef {
  return { id, version }
}

export function sameRuleVersion(ref: RuleRef | null, rule: Rule | undefined): boolean {
  if (ref === null || rule === undefined) return ref === null && rule === undefined
  return ref.version === rule.version && ref.id === rule.id
}

function begin(before: Ok, input: EpisodeInput): EpisodeStep {
  const { rule, series, reading } = input
  const since = anchorOf(reading)
  const alertId = alertIdOf('value', { rule, series, anchor: since })
  const [episode, transitions] = stepPending({ phase: 'pending', since, alertId, ...keptOf(before) }, input)
  if (episode.phase !== 'pending') return [episode, transitions]
  return [episode, [{ ...headOf(alertId, input), kind: 'pending', value: reading.value }]]
}

/** A pending episode at a value that breaches. */
export function stepPending(episode: Pending, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const { since, alertId, ended, changes } = episode
  const held = withCritical({ since, alertId }, criticalSinceOf(episode, input))
  if (!hasHeld(since.at, input)) return [{ phase: 'pending', ...held, ...keptOf(episode) }, noTransitions]
  const severity = hasHeld(held.criticalSince, input) ? 'critical' : 'warning'
  const refires = refiresKey(refiresOf(ended, input))
  const opened: Transition = {
    ...headOf(alertId, input),
    kind: 'opened',
    severity,
    since: since.at,
    value: reading.value,
    threshold: levelOf(rule, severity),
    condition: rule.condition,
    forSeconds: rule.forSeconds,
    ...refires,
  }
  const firing: Firing = { phase: 'firing', severity, ...held, ...refires }
  return countChange([firing, [opened]], input, { changes, before: firing })
}

function stepFiring(episode: Firing, input: EpisodeInput): EpisodeStep {
  if (episode.flapping !== undefined) return stepFlapping(episode, episode.flapping, input)
  const step = stepSteady(episode, input)
  return step[1].length === 0 ? step : countChange(step, input, { changes: episode.changes, before: episode })
}

/** How long values must be clear before the alert resolves, ms. */
export function clearMsOf(refires: number | undefined, input: Pick<EpisodeInput, 'rule' | 'isInDoubt'>): number {
  const holdMs = holdMsOf(input.rule, refires)
  return mayBeFlapping(input) ? Math.max(holdMs, flapWindowMs) : holdMs
}

/** A step of an alert that is not flapping. */
function stepSteady(episode: Firing, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const holdMs = holdMsOf(rule, episode.refires)
  const clearMs = clearMsOf(episode.refires, input)
  const hold = clearMs === 0 ? undefined : nextHold(episode.hold, input, episode.severity === 'critical')
  const { clear, below } = hold ?? {}
  const hasPassed = (since: number | undefined, ms: number): boolean => {
    return ms === 0 || (since !== undefined && reading.at - since >= ms)
  }
  if (clears(rule, reading.value) && hasPassed(clear, clearMs)) return resolve(episode, clear, input)
  const criticalSince = criticalSinceOf(episode, input)
  const eased = eases(rule, reading.value) && hasPassed(below, holdMs)
  const severity = severityOf(episode.severity, criticalSince, { input, eased })
  if (severity === episode.severity && criticalSince === episode.criticalSince && hold === episode.hold) {
    return [episode, noTransitions]
  }
  const next = firingEpisode(
    { ...episode, severity },
    criticalSince,
    severity === 'warning' ? withoutBelow(hold) : hold,
  )
  return severity === episode.severity ? [next, noTransitions] : [next, [severityChange(next, input)]]
}

function severityChange(next: Firing, input: EpisodeInput): Transition {
  return changed(next.severity === 'critical' ? 'escalated' : 'eased', next, input)
}

/** How long the values of a flapping alert must be steady, ms: its hold may be longer. */
export function steadyMsOf(refires: number | undefined, rule: MetricRule): number {
  return Math.max(flapWindowMs, holdMsOf(rule, refires))
}

/** A step of an alert that is flapping: it ends, or is what it is, once its values are steady. Its severity only rises. */
function stepFlapping(episode: Firing, before: Flapping, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const { alertId, severity, refires } = episode
  const criticalSince = criticalSinceOf(episode, input)
  const flapping = nextFlapping(before, input, { severity, isCriticalHeld: hasHeld(criticalSince, input) })
  const { zone } = flapping.steady
  // A console can know from the backend that it flaps before it has read as far.
  const since = Math.max(flapping.steady.since, flapping.since)
  const isSteady = reading.at - since >= steadyMsOf(refires, rule)
  if (isSteady && zone === 'clear' && clears(rule, reading.value)) return resolve(episode, since, input)
  if (isSteady && zone !== 'clear') {
    const { flapping: _, ...settled } = episode
    const next = firingEpisode({ ...settled, severity: zone }, criticalSince, undefined)
    return [next, [changed('settled', { alertId, severity: zone }, input)]]
  }
  const isWorse = zone === 'critical' && severity === 'warning'
  if (!isWorse && flapping === before && criticalSince === episode.criticalSince) return [episode, noTransitions]
  const next = firingEpisode({ ...episode, severity: isWorse ? zone : severity, flapping }, criticalSince, undefined)
  return [next, isWorse ? [changed('flapping', { alertId, severity: zone }, input)] : noTransitions]
}

/** @param clearSince absent if nothing held the alert */
function resolve({ alertId, refires = 0 }: Firing, clearSince: number | undefined, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const ended = { ...headOf(alertId, input), kind: 'resolved', reason: 'cleared', value: reading.value } as const
  if (clearSince === undefined) return [okEpisode, [ended]]
  const ok: Ok = { phase: 'ok', ended: { ruleId: rule.id, at: reading.at, refires } }
  return [holdMsOf(rule) === 0 ? okEpisode : ok, [{ ...ended, clearSince }]]
}

/**
 * Counts the change of a step, under a rule that finds flapping. With one change too many the alert is flapping, and an
 * end or a lower severity does not happen.
 * @param context the changes before, and the firing episode that stays then
 */
function countChange(
  [next, transitions]: EpisodeStep,
  input: EpisodeInput,
  { changes, before }: { changes: readonly number[] | undefined; before: Firing },
): EpisodeStep {
  if (!findsFlapping(input)) return [next, transitions]
  const counted = changesWith(changes, input)
  if (counted !== undefined) return [withChanges(next, counted), transitions]
  const isUp = next.phase === 'firing' && transitions.some(({ kind }) => kind === 'opened' || kind === 'escalated')
  const { changes: _, ...rest } = isUp ? next : before
  const { alertId, severity } = rest
  const criticalSince = criticalSinceOf(rest, input)
  const flapping = beginFlapping(input, { severity, isCriticalHeld: hasHeld(criticalSince, input) })
  const began = changed('flapping', { alertId, severity }, input)
  return [firingEpisode({ ...rest, flapping }, criticalSince, undefined), isUp ? [...transitions, began] : [began]]
}

/** Escalates after the value was critical for the rule's `for`. */
function severityOf(
  severity: Severity,
  criticalSince: number | undefined,
  { input, eased }: { input: EpisodeInput; eased: boolean },
): Severity {
  if (severity === 'warning') return hasHeld(criticalSince, input) ? 'critical' : 'warning'
  return eased ? 'warning' : 'critical'
}

/** The firing episode with these times. JSON has no `undefined`: what is not set is a missing key. */
export function firingEpisode(episode: Firing, criticalSince: number | undefined, hold: Hold | undefined): Firing {
  const { since, alertId, severity, refires = 0, changes, flapping } = episode
  const held = { ...withCritical({ since, alertId }, criticalSince), ...(hold === undefined ? {} : { hold }) }
  const firing = { phase: 'firing', severity, ...held, ...refiresKey(refires), ...changesKey(changes) } as const
  return flapping === undefined ? firing : { ...firing, flapping }
}

/** The firing episode with nothing that counts time. It stays flapping; since when it is steady is not known. */
export function begunAnew(episode: Firing): Firing {
  const firing = firingEpisode(episode, undefined, undefined)
  if (firing.flapping === undefined) return firing
  const { steady: _, ...flapping } = firing.flapping
  return { ...firing, flapping }
}

/** The episode with these changes, or with none. */
export function withChanges<E extends Episode>(episode: E, changes: readonly number[] | undefined): E {
  if (episode.changes === changes) return episode
  const { changes: _, ...rest } = episode
  return { ...(rest as E), ...changesKey(changes) }
}

function withoutBelow(hold: Hold | undefined): Hold | undefined {
  if (hold?.below === undefined) return hold
  const { below: _, ...rest } = hold
  return rest.clear === undefined ? undefined : rest
}

/** What an end before it left. */
function keptOf({ ended, changes }: Ok | Pending): Pick<Ok, 'ended' | 'changes'> {
  return { ...(ended === undefined ? {} : { ended }), ...changesKey(changes) }
}

function changesKey(changes: readonly number[] | undefined): { changes?: readonly number[] } {
  return changes === undefined ? {} : { changes }
}

function refiresKey(refires: number): { refires?: number } {
  return refires === 0 ? {} : { refires }
}

export function changed(
  kind: 'escalated' | 'eased' | 'flapping' | 'settled',
  { alertId, severity }: Pick<Firing, 'alertId' | 'severity'>,
  input: EpisodeInput,
): Transition {
  return {
    ...headOf(alertId, input),
    kind,
    severity,
    value: input.reading.value,
    threshold: levelOf(input.rule, severity),
  }
}

export function criticalSinceOf(episode: Pending | Firing, { rule, reading }: EpisodeInput): number | undefined {
  return exceeds(rule, reading.value, rule.critical) ? (episode.criticalSince ?? reading.at) : undefined
}

export function hasHeld(since: number | undefined, { rule, reading }: EpisodeInput): boolean {
  return since !== undefined && reading.at - since >= rule.forSeconds * 1000
}

/** JSON has no `undefined`: a missing time is a missing key. */
export function withCritical(
  episode: { since: Anchor; alertId: string },
  criticalSince: number | undefined,
): { since: Anchor; alertId: string; criticalSince?: number } {
  return criticalSince === undefined ? episode : { ...episode, criticalSince }
}

export function headOf(alertId: string, { rule, series, reading }: EpisodeInput) {
  return { alertId, alertKind: 'value', series, rule: ruleRefOf(rule), at: reading.at } as const
}
