import type { Freshness } from './health.ts'

const staleAfterMs = 15_000
const offlineAfterMs = 60_000

/**
 * How much a node's newest sample still says: stale after three of its intervals (15 s at least), offline after 60 s,
 * or as soon as it would be stale where its interval is longer. NaN for an interval that is not known yet; `null` for
 * a node without a sample.
 */
export function freshnessOf(lastAt: number | null, intervalMs: number, now: number): Freshness {
  if (lastAt === null || Number.isNaN(lastAt)) return 'offline'
  const staleMs = Math.max(staleAfterMs, Number.isNaN(intervalMs) ? 0 : 3 * intervalMs)
  const age = now - lastAt
  if (age > Math.max(staleMs, offlineAfterMs)) return 'offline'
  return age > staleMs ? 'stale' : 'fresh'
}
