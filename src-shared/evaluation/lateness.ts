/** A record that is older than the newest one of its series by more than this is late, or its clock was set back. */
export const allowedLatenessMs = 120_000

/** A newest event time further than this from the time of a later record is not the present. */
const presentWithinMs = 300_000

/** `recordedAt` of a record without a timestamp, from producers before Kafka 0.10. */
export const notRecorded = -1

/**
 * Whether a record is late: it was sent long after it was measured, while its series went on. A late record is stored,
 * but never evaluated, and shows no value as current.
 *
 * A record that is much older than the newest one, but not late, is the present. Either a clock was set back, or the
 * newest record was from the future. Event times and the record's own timestamp decide, no clock: every reader of the
 * log decides the same, in any batches.
 * @param newestAt event time of the newest record before it, epoch ms
 * @param at its event time
 * @param recordedAt timestamp of the record in Kafka; -1 without one
 */
export function isLate(newestAt: number, at: number, recordedAt: number): boolean {
  if (!(at < newestAt - allowedLatenessMs)) return false
  if (isSentAtOnce(at, recordedAt)) return false
  return recordedAt < 0 || Math.abs(recordedAt - newestAt) <= presentWithinMs
}

/** Whether the record was written when it was measured. It is never late, whatever came before. */
export function isSentAtOnce(at: number, recordedAt: number): boolean {
  return recordedAt >= 0 && recordedAt - at <= allowedLatenessMs
}

/**
 * Whether the record is the newest of its series from now on: by event time, or because the one before it was not the
 * present. Arguments as of `isLate`.
 */
export function isNewest(newestAt: number, at: number, recordedAt: number): boolean {
  return at >= newestAt || (at < newestAt - allowedLatenessMs && !isLate(newestAt, at, recordedAt))
}
