/** Steps between event times of a node that its observed interval follows from, as many as the display keeps. */
export const stepsKept = 5

/** A step up to this long is never a pause, ms: a node without a known interval is stale after it. */
export const pauseMs = 15_000

/** A sample is due after one interval. Three of them without one are a fault, for display and alerts alike. */
const intervalsAllowed = 3

/** Median of the steps, ms: one outage or one duplicate record does not change it. 0 while it is unknown. */
export function observedInterval(steps: readonly number[] = []): number {
  return steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0
}

/**
 * How long a node or one of its metrics may be without data, ms: `leastMs`, or three observed intervals if they are
 * longer. Between two samples of a slow node nothing is missing.
 */
export function allowedMs(leastMs: number, intervalMs: number): number {
  return Math.max(leastMs, intervalsAllowed * intervalMs)
}
