import { hourMs, secondMs } from '../format/time-units.ts'
import { longestHoldSeconds, type MetricRule } from '../rule/rule.ts'
import type { EpisodeInput } from './episode-input.ts'
import { clears, eases } from './levels.ts'
import { allowedMs, pauseMs } from './observed-interval.ts'
import type { ClearRun, EndedAlert, Hold } from './series-state.ts'

/** Each re-fire makes the hold longer by this factor. */
const refireFactor = 1.5

/** An alert that fires within this time of its end has fired again. */
const refireWithinMs = hourMs

/** A hold that no rule and no number of re-fires exceeds, ms. */
export const longestHoldMs = longestHoldSeconds * secondMs

/** How long values must stay below a level before the alert goes down, ms; 0: at once, as without any level. */
export function holdMsOf({ holdSeconds = 0, warning, critical }: MetricRule, refires = 0): number {
  if (holdSeconds === 0 || (warning === undefined && critical === undefined)) return 0
  return Math.min(holdSeconds * refireFactor ** refires, longestHoldSeconds) * secondMs
}

/** Re-fires of an alert that fires now; 0 if the one before is another rule's, or ended more than an hour ago. */
export function refiresOf(ended: EndedAlert | undefined, { rule, reading }: EpisodeInput): number {
  if (ended === undefined || holdMsOf(rule) === 0 || ended.ruleId !== rule.id) return 0
  return reading.at - ended.at <= refireWithinMs ? ended.refires + 1 : 0
}

/**
 * The hold after this value; `undefined` if it is neither clear nor below the warning level.
 *
 * Missing data does not count: after a pause, both times begin again. They begin at the newest event time, so a late
 * record does not make them longer.
 * @returns the same object if nothing changes
 */
export function nextHold(hold: Hold | undefined, input: EpisodeInput, isCritical: boolean): Hold | undefined {
  const { rule, reading } = input
  const isClear = clears(rule, reading.value)
  const isBelow = isCritical && eases(rule, reading.value)
  if (!isClear && !isBelow) return undefined
  const beforeAt = input.beforeAt ?? reading.at
  const newestAt = Math.max(reading.at, beforeAt)
  const { stepMs, isPause } = stepOf(hold, { newestAt, beforeAt })
  const sinceOf = (key: 'clear' | 'below'): number => (isPause ? newestAt : (hold?.[key] ?? newestAt))
  const next: Hold = {
    ...(isClear ? { clear: sinceOf('clear') } : {}),
    ...(isBelow ? { below: sinceOf('below') } : {}),
    stepMs,
  }
  return isSameHold(hold, next) ? hold : next
}

function isSameHold(hold: Hold | undefined, next: Hold): boolean {
  return hold?.stepMs === next.stepMs && hold.clear === next.clear && hold.below === next.below
}

/**
 * Clear values of a series in no episode: the time that `nextHold` would give them.
 * @param times event times of the newest record, and of the newest one before it
 */
export function nextClearRun(run: ClearRun | undefined, times: { newestAt: number; beforeAt: number }): ClearRun {
  const { newestAt } = times
  const { stepMs, isPause } = stepOf(run, times)
  // The clock of the node was set back, if the run began later.
  const goesOn = run !== undefined && !isPause && run.clear <= newestAt
  return { clear: goesOn ? run.clear : newestAt, stepMs }
}

/**
 * A step is a pause if it is much longer than every other one since the first value. So a metric that comes in bursts is
 * held from its second burst on.
 */
export function stepOf(run: { readonly stepMs: number } | undefined, times: { newestAt: number; beforeAt: number }) {
  const step = times.newestAt - times.beforeAt
  const isPause = run !== undefined && step > allowedMs(pauseMs, run.stepMs)
  return { stepMs: Math.max(step, run?.stepMs ?? 0), isPause }
}
