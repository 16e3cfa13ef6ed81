import type { HeadCopy } from '../threads/read-calls.ts'

/** The older of a time and the head's oldest record. */
export function olderOf(at: number | null, head: HeadCopy | null): number | null {
  let first = at ?? Infinity
  // All times of the head, because its records are in order of arrival.
  if (head) for (let i = 0; i < head.at.length; i++) first = Math.min(first, head.at[i] as number)
  return Number.isFinite(first) ? first : null
}
