import type { RuleEdit } from '../rule/rule-edits.ts'
import type { RuleRef } from '../alert/series.ts'
import type { Transition } from '../alert/transition.ts'
import { ruleEdits } from '../rule/rule-edits.ts'
import type { RuleIndex, RuleInterval } from '../rule/rule-index.ts'
import { isOfflineRule, type MetricRule, type Rule, type Severity } from '../rule/rule.ts'
import {
  changed,
  criticalSinceOf,
  firingEpisode,
  hasHeld,
  headOf,
  noTransitions,
  okAfter,
  okEpisode,
  stepEpisode,
  stepPending,
  withCritical,
  type EpisodeStep,
  type Firing,
} from './episode.ts'
import type { EpisodeInput } from './episode-input.ts'
import { isFlapRule, mayBeFlapping, nextFlapping } from './flapping.ts'
import { holdMsOf, nextHold } from './hold.ts'
import { breaches, clears, eases, exceeds, levelOf } from './levels.ts'
import type { Episode, Flapping, Hold } from './series-state.ts'

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
  /** The version that evaluated the episode before. */
  readonly from: RuleRef
  /** The same; `undefined` if its version is not known any more. */
  readonly before: Rule | undefined
  readonly change: RuleChange
  /** The new rule was already in effect at the newest record: another evaluator has seen the first record under it. */
  readonly isLate: boolean
}

/**
 * The first step of an episode under another version or another rule of its series: it continues with its id if the
 * value breaches the new rule. So does a firing episode that hysteresis or a hold alone kept open, if it still does.
 * Otherwise the change ends it.
 */
export function continueEpisode(episode: Exclude<Episode, { phase: 'ok' }>, input: ContinueInput): EpisodeStep {
  if (episode.phase === 'pending') return continuePending(episode, input)
  const { rule, reading, change } = input
  const held = stillFlapping(episode, input) ?? stillHeld(episode, input)
  if (held === undefined && !isContinued(input)) return endByChange(episode, input)
  const since = criticalSince(episode, input)
  const severity = held?.severity ?? severityOf(episode.severity === 'critical', since, input)
  const moved: Transition = {
    ...headOf(episode.alertId, input),
    kind: 'rule-changed',
    severity,
    value: reading.value,
    threshold: levelOf(rule, severity),
    condition: rule.condition,
    forSeconds: rule.forSeconds,
    by: change.by ?? rule.updatedBy,
    edits: change.edits,
  }
  const { flapping: before, ...rest } = underRule(episode, input)
  const { hold, flapping } = held ?? {}
  const next = firingEpisode({ ...rest, severity, ...(flapping ? { flapping } : {}) }, since, hold)
  const isSettled = before !== undefined && flapping === undefined
  return [next, isSettled ? [moved, changed('settled', next, input)] : [moved]]
}

function endByChange({ alertId }: Firing, input: ContinueInput): EpisodeStep {
  const { reading, change } = input
  const ended = { kind: 'resolved', reason: 'rule-changed', value: reading.value } as const
  const by = change.by === undefined ? {} : { by: change.by }
  return [okEpisode, [{ ...headOf(alertId, input), ...ended, ...by }]]
}

function continuePending(episode: Extract<Episode, { phase: 'pending' }>, input: ContinueInput): EpisodeStep {
  // Whether the first record under the new rule breached it is not known: `for` begins here.
  if (input.isLate) return stepEpisode(okAfter(episode), input)
  if (!breaches(input.rule, input.reading.value)) return [okAfter(episode), noTransitions]
  const { criticalSince: _, ...rest } = episode
  return stepPending({ ...rest, ...withCritical(rest, criticalSince(episode, input)) }, input)
}

/** Re-fires count for one rule: an episode that continues under another one has none. */
function underRule(episode: Firing, { rule, from }: ContinueInput): Firing {
  if (rule.id === from.id) return episode
  const { refires: _, ...first } = episode
  return first
}

/**
 * A value that was clear, or below the warning level, under the old levels and is so under the new ones: a hold goes on
 * and keeps the severity. Its time counts only if the edit leaves these levels as they were.
 */
function stillHeld(episode: Firing, input: ContinueInput): Held | undefined {
  const { rule, before, reading } = input
  const { severity, refires } = underRule(episode, input)
  if ((holdMsOf(rule, refires) === 0 && !mayBeFlapping(input)) || !isMetricRule(before)) return undefined
  const isClear = clears(rule, reading.value)
  if (isClear && !wasClear(input)) return undefined
  const isBelow = severity === 'critical' && eases(rule, reading.value) && eases(before, reading.value)
  if (!isClear && !isBelow) return undefined
  return { severity, hold: nextHold(holdBefore(episode, before, input), input, severity === 'critical') }
}

/** The hold that goes on. If the backend's alert may have been flapping, its hold begins here. */
function holdBefore(episode: Firing, before: MetricRule, input: ContinueInput): Hold | undefined {
  if (mayBeFlapping(input) || mayBeFlapping({ ...input, rule: before })) return undefined
  return haveSameLevels(before, input.rule) ? episode.hold : undefined
}

/**
 * A flapping alert goes on flapping under a rule that finds it, unless the change makes its value clear. Its time counts
 * only if the levels stay.
 */
function stillFlapping(episode: Firing, input: ContinueInput): Held | undefined {
  const { rule, before, reading } = input
  if (episode.flapping === undefined || !isFlapRule(rule)) return undefined
  const isClear = clears(rule, reading.value)
  const goesOn = isClear ? wasClear(input) : isContinued(input)
  if (!goesOn) return undefined
  const isCriticalHeld = hasHeld(criticalSince(episode, input), input)
  const hasCritical = rule.critical !== undefined
  const severity = hasCritical && (isCriticalHeld || episode.severity === 'critical') ? 'critical' : 'warning'
  const isSame = isMetricRule(before) && haveSameLevels(before, rule) && before.critical === rule.critical
  const { steady: _, ...anew } = episode.flapping
  const flapping = nextFlapping(isSame ? episode.flapping : anew, input, { severity, isCriticalHeld })
  return { severity, hold: undefined, flapping }
}

/**
 * Whether a clear value was clear before the change, so the change does not end the alert. In doubt, a change that
 * arrived late ended nothing: the backend may have had the alert under it from the beginning.
 */
function wasClear({ before, isInDoubt, isLate, reading }: ContinueInput): boolean {
  return (isInDoubt && isLate) || (isMetricRule(before) && clears(before, reading.value))
}

/** What keeps an alert as it is through an edit. */
interface Held {
  readonly severity: Severity
  readonly hold: Hold | undefined
  readonly flapping?: Flapping
}

/** Whether a value that is clear, or below the warning level, is so under both. */
function haveSameLevels(a: MetricRule, b: MetricRule): boolean {
  if (a.condition !== b.condition || a.warning !== b.warning || a.clear !== b.clear) return false
  return a.warning !== undefined || a.critical === b.critical
}

/**
 * Whether a firing episode goes on without a hold. In doubt, a change that arrived late ends nothing: the version after it
 * may have arrived nowhere yet. The next record ends it, if it clears.
 */
function isContinued({ rule, before, isLate, isInDoubt, reading: { value } }: ContinueInput): boolean {
  if (breaches(rule, value) || (isInDoubt && isLate && hasLevel(rule))) return true
  if (clears(rule, value)) return false
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

function hasLevel({ warning, critical }: MetricRule): boolean {
  return warning !== undefined || critical !== undefined
}

function isMetricRule(rule: Rule | undefined): rule is MetricRule {
  return rule !== undefined && !isOfflineRule(rule)
}
