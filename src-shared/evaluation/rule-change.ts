import type { RuleEdit } from '../alert/alert.ts'
import type { RuleRef } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { ruleEdits } from '../rule/rule-edits.ts'
import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import { isOfflineRule, type MetricRule, type Rule, type Severity } from '../rule/rule.ts'
import {
  criticalSinceOf,
  hasHeld,
  headOf,
  noTransitions,
  okEpisode,
  stepPending,
  withCritical,
  type EpisodeInput,
  type EpisodeStep,
} from './episode.ts'
import { breaches, clears, exceeds, levelOf } from './levels.ts'
import type { Episode } from './series-state.ts'

/** Who changed the rule of a series, and what. */
export interface RuleChange {
  readonly by: string | undefined
  readonly edits: readonly RuleEdit[]
}

/** @param interval begins with the change */
export function changeOfRule(index: RuleIndex, from: RuleRef | null, { from: at, rule }: RuleInterval): RuleChange {
  const before = from === null ? undefined : index.version(from)
  // The version that began or ended at this time: of the new rule, or the last one of the old.
  const author = index.versions().find((version) => {
    return version.effectiveFrom === at && (version.id === rule?.id || version.id === from?.id)
  })
  const edits = before === undefined || rule === undefined ? [] : ruleEdits(before, rule)
  return { by: author?.updatedBy ?? rule?.updatedBy, edits }
}

export interface ContinueInput extends EpisodeInput {
  /** The rule that evaluated the episode before; `undefined` if its version is not known any more. */
  readonly before: Rule | undefined
  readonly change: RuleChange
  /** The new rule was already in effect at the newest record: another evaluator has seen the first record under it. */
  readonly isLate: boolean
}

/**
 * The first step of an episode under another version or another rule of its series: it continues with its id if the
 * value breaches the new rule. So does a firing episode that hysteresis alone kept open, if hysteresis still does.
 * Otherwise the change ends it.
 */
export function continueEpisode(episode: Exclude<Episode, { phase: 'ok' }>, input: ContinueInput): EpisodeStep {
  const { rule, reading, change } = input
  const { since, alertId } = episode
  const isCritical = episode.phase === 'firing' && episode.severity === 'critical'
  if (!isContinued(episode, input)) {
    if (episode.phase === 'pending') return [okEpisode, noTransitions]
    const ended = { kind: 'resolved', reason: 'rule-changed', value: reading.value } as const
    const by = change.by === undefined ? {} : { by: change.by }
    return [okEpisode, [{ ...headOf(alertId, input), ...ended, ...by }]]
  }
  const held = withCritical({ since, alertId }, criticalSince(episode, input))
  if (episode.phase === 'pending') return stepPending({ phase: 'pending', ...held }, input)
  const severity = severityOf(isCritical, held.criticalSince, input)
  const changed: Transition = {
    ...headOf(alertId, input),
    kind: 'rule-changed',
    severity,
    value: reading.value,
    threshold: levelOf(rule, severity),
    condition: rule.condition,
    forSeconds: rule.forSeconds,
    by: change.by ?? rule.updatedBy,
    edits: change.edits,
  }
  return [{ phase: 'firing', severity, ...held }, [changed]]
}

function isContinued({ phase }: Episode, { rule, before, isLate, reading: { value } }: ContinueInput): boolean {
  if (breaches(rule, value)) return true
  if (phase !== 'firing' || clears(rule, value)) return false
  // Not clear: hysteresis holds it, unless it is the change that makes the value harmless.
  return isLate || (isMetricRule(before) && !breaches(before, value))
}

/**
 * A value beyond a critical level that the change moved counts as critical since the episode began: the new levels apply
 * to all of it. If the level stays, so does the time.
 */
function criticalSince(episode: Exclude<Episode, { phase: 'ok' }>, input: ContinueInput): number | undefined {
  const { rule, before, reading } = input
  if (!exceeds(rule, reading.value, rule.critical)) return undefined
  const isMoved = !isMetricRule(before) || before.critical !== rule.critical || before.condition !== rule.condition
  return isMoved ? episode.since.at : criticalSinceOf(episode, input)
}

/** Beyond critical for all of `for`, or critical before and still held there; otherwise a warning. */
function severityOf(isCritical: boolean, since: number | undefined, input: ContinueInput): Severity {
  const { rule, before, reading } = input
  if (hasHeld(since, input)) return 'critical'
  if (!isCritical) return 'warning'
  if (since !== undefined) return 'critical'
  const wasHeld = isMetricRule(before) && !exceeds(before, reading.value, before.critical)
  const isHeld = wasHeld && rule.critical !== undefined && (rule.warning === undefined || breaches(rule, reading.value))
  return isHeld ? 'critical' : 'warning'
}

function isMetricRule(rule: Rule | undefined): rule is MetricRule {
  return rule !== undefined && !isOfflineRule(rule)
}
