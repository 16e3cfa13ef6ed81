import { z } from 'zod'
import { minuteMs } from '../format/time-units.ts'
import { type Alert, AlertId } from './alert.ts'

/** A shorter absence is none. */
export const shortestAwayMs = 5 * minuteMs

/** Nobody could see this console: it was closed, the computer slept, or its screen was locked. Epoch ms. */
export const AwayPeriod = z.strictObject({ from: z.number(), to: z.number() })
export type AwayPeriod = z.infer<typeof AwayPeriod>

/** What fired in an absence, and what became of it. `ids`: of the alerts that fired, newest first. */
export const AwaySummary = z.strictObject({
  ...AwayPeriod.shape,
  fired: z.int(),
  resolved: z.int(),
  firing: z.int(),
  ids: z.array(AlertId),
})
export type AwaySummary = z.infer<typeof AwaySummary>

/**
 * `undefined`: nothing fired. Alerts that are inhibited or silenced do not count while they fire, as in the digest.
 * @param opened alerts that opened since the beginning of the period, in any order
 * @param firing those that fire and count
 */
export function awaySummary(
  { from, to }: AwayPeriod,
  opened: readonly Alert[],
  firing: readonly Alert[],
): AwaySummary | undefined {
  const counted = new Set(firing.map(({ id }) => id))
  const fired = opened
    .filter(({ openedAt }) => openedAt >= from && openedAt <= to)
    .filter(({ id, phase }) => phase === 'resolved' || counted.has(id))
    .toSorted((a, b) => b.openedAt - a.openedAt)
  if (fired.length === 0) return undefined
  const resolved = fired.filter(({ phase }) => phase === 'resolved').length
  const ids = fired.map(({ id }) => id)
  return { from, to, fired: fired.length, resolved, firing: fired.length - resolved, ids }
}
