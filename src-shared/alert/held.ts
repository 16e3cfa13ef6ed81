import { z } from 'zod'
import { formatDuration } from '../format/duration.ts'
import { secondMs } from '../format/time-units.ts'
import { AlertId } from './alert.ts'

/**
 * A firing alert whose values are below a level, but not for the hold of its rule yet. Times are event time, epoch ms.
 */
export const HeldAlert = z.strictObject({
  alertId: AlertId,
  /** What comes next if the values stay: the alert resolves, or a critical one becomes a warning. */
  next: z.enum(['resolved', 'warning']),
  /** Since when every value is clear, or below the warning level; and the time from which on such a record ends it. */
  since: z.number(),
  endsAt: z.number(),
  /** The newest record, and when it arrived: this computer's clock. Absent after a restart, until the next record. */
  at: z.number(),
  receivedAt: z.number().optional(),
})
export type HeldAlert = z.infer<typeof HeldAlert>

/**
 * Time left of a hold at `now`, epoch ms of this computer's clock, as of `pendingProgress`: the clock of the node counts.
 * 0: it ends with the next sample that is still below the level.
 */
function endsInMs({ endsAt, at, receivedAt }: HeldAlert, now: number): number {
  return Math.max(0, endsAt - at - Math.max(0, now - (receivedAt ?? now)))
}

/** When a held alert goes down: "clear, resolves in 1 m 20 s". Seconds are rounded up: it never says 0 s. */
export function heldText(held: HeldAlert, now: number): string {
  const left = endsInMs(held, now)
  const when = left === 0 ? 'with the next sample' : `in ${formatDuration(Math.ceil(left / secondMs) * secondMs)}`
  return held.next === 'resolved' ? `clear, resolves ${when}` : `becomes a warning ${when}`
}

/** Since when: "clear since 14:02:11". It is true also while values are old and nothing counts down. */
export function heldSinceText({ next, since }: HeldAlert, timeOf: (at: number) => string): string {
  return `${next === 'resolved' ? 'clear' : 'below the warning level'} since ${timeOf(since)}`
}
