import type { Rule, Severity } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import type { EpisodeInput } from './episode-input.ts'
import { holdMsOf, nextHold, refiresOf } from './hold.ts'
import { breaches, clears, eases, exceeds, levelOf } from './levels.ts'
import type { Anchor, RuleRef } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { EndedAlert, Episode, Hold } from './series-state.ts'

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
  return episode.ended === undefined ? okEpisode : { phase: 'ok', ended: episode.ended }
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

function begin({ ended }: Ok, input: EpisodeInput): EpisodeStep {
  const { rule, series, reading } = input
  const since = anchorOf(reading)
  const alertId = alertIdOf('value', { rule, series, anchor: since })
  const [episode, transitions] = stepPending({ phase: 'pending', since, alertId, ...endedKey(ended) }, input)
  if (episode.phase !== 'pending') return [episode, transitions]
  return [episode, [{ ...headOf(alertId, input), kind: 'pending', value: reading.value }]]
}

/** A pending episode at a value that breaches. */
export function stepPending(episode: Pending, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const { since, alertId, ended } = episode
  const held = withCritical({ since, alertId }, criticalSinceOf(episode, input))
  if (!hasHeld(since.at, input)) return [{ phase: 'pending', ...held, ...endedKey(ended) }, noTransitions]
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
  return [{ phase: 'firing', severity, ...held, ...refires }, [opened]]
}

function stepFiring(episode: Firing, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const holdMs = holdMsOf(rule, episode.refires)
  const hold = holdMs === 0 ? undefined : nextHold(episode.hold, input, episode.severity === 'critical')
  const hasPassed = (since: number | undefined): boolean => {
    return holdMs === 0 || (since !== undefined && reading.at - since >= holdMs)
  }
  if (clears(rule, reading.value) && hasPassed(hold?.clear)) return resolve(episode, hold, input)
  const criticalSince = criticalSinceOf(episode, input)
  const eased = eases(rule, reading.value) && hasPassed(hold?.below)
  const severity = severityOf(episode.severity, criticalSince, { input, eased })
  if (severity === episode.severity && criticalSince === episode.criticalSince && hold === episode.hold) {
    return [episode, noTransitions]
  }
  const next = firingEpisode(
    { ...episode, severity },
    criticalSince,
    severity === 'warning' ? withoutBelow(hold) : hold,
  )
  return [next, severity === episode.severity ? noTransitions : [changed(episode.alertId, severity, input)]]
}

function resolve({ alertId, refires = 0 }: Firing, hold: Hold | undefined, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const ended = { ...headOf(alertId, input), kind: 'resolved', reason: 'cleared', value: reading.value } as const
  if (hold?.clear === undefined) return [okEpisode, [ended]]
  const ok: Ok = { phase: 'ok', ended: { ruleId: rule.id, at: reading.at, refires } }
  return [ok, [{ ...ended, clearSince: hold.clear }]]
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
  const { since, alertId, severity, refires = 0 } = episode
  const held = withCritical({ since, alertId }, criticalSince)
  return { phase: 'firing', severity, ...held, ...refiresKey(refires), ...(hold === undefined ? {} : { hold }) }
}

function withoutBelow(hold: Hold | undefined): Hold | undefined {
  if (hold?.below === undefined) return hold
  const { below: _, ...rest } = hold
  return rest.clear === undefined ? undefined : rest
}

function endedKey(ended: EndedAlert | undefined): { ended?: EndedAlert } {
  return ended === undefined ? {} : { ended }
}

function refiresKey(refires: number): { refires?: number } {
  return refires === 0 ? {} : { refires }
}

function changed(alertId: string, severity: Severity, input: EpisodeInput): Transition {
  return {
    ...headOf(alertId, input),
    kind: severity === 'critical' ? 'escalated' : 'eased',
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
