import { secondMs } from '../format/time-units.ts'
import { flappingChanges, flappingWindowSeconds, type MetricRule, type Severity } from '../rule/rule.ts'
import type { EpisodeInput } from './episode-input.ts'
import { stepOf } from './hold.ts'
import { breaches, clears, eases } from './levels.ts'
import type { Flapping, Steady, Zone } from './series-state.ts'

/** Changes within this time count together, and values that stay in one zone for as long are steady, ms. */
export const flapWindowMs = flappingWindowSeconds * secondMs

/** Whether the rule finds flapping alerts. Without a level, no value changes anything. */
export function isFlapRule({ findsFlapping, warning, critical }: MetricRule): boolean {
  return findsFlapping === true && (warning !== undefined || critical !== undefined)
}

/**
 * Whether changes count here. In doubt, this evaluator may not know some of them, or have seen others than the backend,
 * which says that the alert is flapping.
 */
export function findsFlapping({ rule, isInDoubt }: Pick<EpisodeInput, 'rule' | 'isInDoubt'>): boolean {
  return isFlapRule(rule) && !isInDoubt
}

/** Whether an open alert may be flapping at the backend: it does not end before its values are steady. */
export function mayBeFlapping({ rule, isInDoubt }: Pick<EpisodeInput, 'rule' | 'isInDoubt'>): boolean {
  return isFlapRule(rule) && isInDoubt
}

/**
 * The times of the changes that count, with one at this record. They are newest event times, so a late record makes no
 * change recent again.
 * @returns `undefined` if they are too many
 */
export function changesWith(changes: readonly number[] = [], input: EpisodeInput): readonly number[] | undefined {
  const at = newestAt(input)
  const recent = changes.filter((time) => at - time < flapWindowMs)
  return recent.length + 1 < flappingChanges ? [...recent, at] : undefined
}

interface Level {
  /** The severity of the alert: where a value between two levels was before, if nobody knows. */
  readonly severity: Severity
  /** Every value was critical for the rule's `for`. */
  readonly isCriticalHeld: boolean
}

/** Flapping from this record on. */
export function beginFlapping(input: EpisodeInput, level: Level): Required<Flapping> {
  return nextFlapping({ since: input.reading.at, changes: flappingChanges }, input, level)
}

/**
 * Flapping after this record. Missing data is not steady: after a pause, its time begins again, as that of a hold.
 * @returns the same object if nothing changes
 */
export function nextFlapping(flapping: Flapping, input: EpisodeInput, level: Level): Required<Flapping> {
  const before = flapping.steady
  const zone = zoneOf(before?.zone ?? level.severity, input, level)
  const isCrossing = before !== undefined && zone !== before.zone
  const steady = nextSteady(isCrossing ? undefined : before, zone, input)
  if (steady === before) return flapping as Required<Flapping>
  return { since: flapping.since, changes: flapping.changes + (isCrossing ? 1 : 0), steady }
}

function nextSteady(run: Steady | undefined, zone: Zone, input: EpisodeInput): Steady {
  const newest = newestAt(input)
  const { stepMs, isPause } = stepOf(run, { newestAt: newest, beforeAt: input.beforeAt ?? newest })
  if (run !== undefined && !isPause && stepMs === run.stepMs) return run
  return { zone, since: run === undefined || isPause ? newest : run.since, stepMs }
}

/** What an alert would be at this value, without its hold. The first value beyond a level is as good as open. */
function zoneOf(before: Zone, { rule, reading: { value } }: EpisodeInput, { isCriticalHeld }: Level): Zone {
  if (clears(rule, value) || (before === 'clear' && !breaches(rule, value))) return 'clear'
  if (rule.warning === undefined || isCriticalHeld) return 'critical'
  return before === 'critical' && !eases(rule, value) ? 'critical' : 'warning'
}

function newestAt({ reading, beforeAt }: EpisodeInput): number {
  return Math.max(reading.at, beforeAt ?? reading.at)
}
