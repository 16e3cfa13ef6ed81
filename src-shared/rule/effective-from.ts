/** A version further ahead than this was saved by a clock that is wrong, or followed one. It must not delay the next. */
const aheadAtMostMs = 60_000

/** In this time, the version reaches the other evaluators. */
const marginMs = 2000

/**
 * When a new version of a rule takes effect: event time, epoch ms. It is after the clock and after the version before
 * it. The event time of a node plays no part: one clock that is
 * ahead would delay the rule for all nodes.
 * @param now epoch ms
 */
export function nextEffectiveFrom(now: number, before: { readonly effectiveFrom: number } | undefined): number {
  const from = before?.effectiveFrom ?? now
  return Math.max(now, from - now <= aheadAtMostMs ? from : now) + marginMs
}
