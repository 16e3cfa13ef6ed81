import { z } from 'zod'
import { formatDuration } from '../format/duration.ts'
import { secondMs } from '../format/time-units.ts'
import { AlertId } from './alert.ts'

/**
 * A firing alert that waits until its values have been as they are for long enough: below a level for the hold of its
 * rule, or steady while it is flapping. Times are event time, epoch ms.
 */
export const HeldAlert = z.strictObject({
  alertId: AlertId,
  /** What comes next if the values stay: the alert resolves, or has this severity. */
  next: z.enum(['resolved', 'warning', 'critical']),
  /** Of an alert that is flapping: how often it has changed so far. */
  changes: z.int().min(1).optional(),
  /** Since when values are so; and the time from which on such a record ends it. */
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

/**
 * When a held alert goes down: "clear, resolves in 1 m 20 s"; of a flapping one "7 changes, steady in 8 m". Seconds are
 * rounded up: it never says 0 s.
 */
export function heldText(held: HeldAlert, now: number): string {
  const left = endsInMs(held, now)
  const when = left === 0 ? 'with the next sample' : `in ${formatDuration(Math.ceil(left / secondMs) * secondMs)}`
  const flapping = held.changes === undefined ? '' : `flapping, ${changesText(held.changes)}, `
  if (held.next === 'resolved') return `${flapping}clear, resolves ${when}`
  return flapping === '' ? `becomes a warning ${when}` : `${flapping}steady ${when}`
}

/** "7 changes" */
export function changesText(changes: number): string {
  return `${changes} ${changes === 1 ? 'change' : 'changes'}`
}

/** Since when: "clear since 14:02:11". It is true also while values are old and nothing counts down. */
export function heldSinceText({ next, since, changes }: HeldAlert, timeOf: (at: number) => string): string {
  if (changes !== undefined && next !== 'resolved') return `last change at ${timeOf(since)}`
  return `${next === 'resolved' ? 'clear' : 'below the warning level'} since ${timeOf(since)}`
}
