import type { MetricRule, Rule, Severity } from '../rule/rule.ts'
import { alertIdOf } from '../alert/alert-id.ts'
import { breaches, clears, exceeds, levelOf } from './levels.ts'
import type { Anchor, Reading, RuleRef, Series } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import type { Episode } from './series-state.ts'

type Pending = Extract<Episode, { phase: 'pending' }>
type Firing = Extract<Episode, { phase: 'firing' }>
export type EpisodeStep = readonly [Episode, readonly Transition[]]

/** Input of one step: a reading of a series and the rule in effect. */
export interface EpisodeInput {
  readonly rule: MetricRule
  readonly series: Series
  readonly reading: Reading
}

export const okEpisode = { phase: 'ok' } as const
export const noTransitions: readonly Transition[] = []
const stillOk: EpisodeStep = [okEpisode, noTransitions]

/** One step of the value episode. A value that does not breach returns an `okEpisode` unchanged, without allocation. */
export function stepEpisode(episode: Episode, input: EpisodeInput): EpisodeStep {
  if (episode.phase === 'firing') return stepFiring(episode, input)
  if (!breaches(input.rule, input.reading.value)) return stillOk
  return episode.phase === 'pending' ? stepPending(episode, input) : begin(input)
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

function begin(input: EpisodeInput): EpisodeStep {
  const { rule, series, reading } = input
  const since = anchorOf(reading)
  const alertId = alertIdOf('value', { rule, series, anchor: since })
  const [episode, transitions] = stepPending({ phase: 'pending', since, alertId }, input)
  if (episode.phase !== 'pending') return [episode, transitions]
  return [episode, [{ ...headOf(alertId, input), kind: 'pending', value: reading.value }]]
}

/** A pending episode at a value that breaches. */
export function stepPending(episode: Pending, input: EpisodeInput): EpisodeStep {
  const { rule, reading } = input
  const { since, alertId } = episode
  const held = withCritical({ since, alertId }, criticalSinceOf(episode, input))
  if (!hasHeld(since.at, input)) return [{ phase: 'pending', ...held }, noTransitions]
  const severity = hasHeld(held.criticalSince, input) ? 'critical' : 'warning'
  const opened: Transition = {
    ...headOf(alertId, input),
    kind: 'opened',
    severity,
    since: since.at,
    value: reading.value,
    threshold: levelOf(rule, severity),
    condition: rule.condition,
    forSeconds: rule.forSeconds,
  }
  return [{ phase: 'firing', severity, ...held }, [opened]]
}

function stepFiring(episode: Firing, input: EpisodeInput): EpisodeStep {
  const { rule, series, reading } = input
  const { since, alertId } = episode
  if (clears(rule, reading.value)) {
    return [
      okEpisode,
      [{ ...headOf(alertId, { rule, series, reading }), kind: 'resolved', reason: 'cleared', value: reading.value }],
    ]
  }
  const criticalSince = criticalSinceOf(episode, input)
  const severity = severityOf(episode.severity, criticalSince, input)
  if (severity === episode.severity && criticalSince === episode.criticalSince) return [episode, noTransitions]
  const next: Firing = { phase: 'firing', severity, ...withCritical({ since, alertId }, criticalSince) }
  return [next, severity === episode.severity ? noTransitions : [changed(alertId, severity, input)]]
}

/** Escalates after the value was critical for the rule's `for`. Eases only below the warning level. */
function severityOf(severity: Severity, criticalSince: number | undefined, input: EpisodeInput): Severity {
  const { rule, reading } = input
  if (severity === 'warning') return hasHeld(criticalSince, input) ? 'critical' : 'warning'
  const eased = rule.warning !== undefined && !exceeds(rule, reading.value, rule.warning)
  return eased ? 'warning' : 'critical'
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
