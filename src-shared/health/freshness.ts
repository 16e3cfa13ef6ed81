import { isAhead } from '../format/time.ts'
import type { Freshness } from './health.ts'

const staleAfterMs = 15_000
const offlineAfterMs = 60_000

/**
 * Freshness of a node by its newest sample: `stale` after three intervals (15 s at least); `offline` after 60 s, or at
 * the stale limit if that is longer; `ahead` if it is from the future.
 * @param lastAt event time of the newest sample; `null` for a node without one
 * @param intervalMs NaN while it is unknown
 */
export function freshnessOf(lastAt: number | null, intervalMs: number, now: number): Freshness {
  if (lastAt === null || Number.isNaN(lastAt)) return 'offline'
  const staleMs = Math.max(staleAfterMs, Number.isNaN(intervalMs) ? 0 : 3 * intervalMs)
  if (isAhead(lastAt, now)) return 'ahead'
  const age = now - lastAt
  if (age > Math.max(staleMs, offlineAfterMs)) return 'offline'
  return age > staleMs ? 'stale' : 'fresh'
}
