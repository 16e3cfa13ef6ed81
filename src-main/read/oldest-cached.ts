import type { HeadCopies } from '../threads/read-calls.ts'

/** The older of a time and the oldest record of the heads. */
export function olderOf(at: number | null, heads: HeadCopies | null): number | null {
  let first = at ?? Infinity
  // All times of a head, because its records are in order of arrival.
  for (const head of heads?.values() ?? []) for (const time of head.at) first = Math.min(first, time)
  return Number.isFinite(first) ? first : null
}
