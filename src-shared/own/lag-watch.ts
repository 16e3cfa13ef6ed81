import { minuteMs, secondMs } from '../format/time-units.ts'

/** How far the reading is behind the newest records. */
export interface ReadingLag {
  /** Of the worst partition. */
  readonly ms: number
  /** The worst partition, for the reader; `undefined` if nothing is behind. */
  readonly where: string | undefined
  /** What is behind is from a time when nobody read: this console was closed, asleep or cut off. */
  readonly isBacklog: boolean
}

/** A backlog that does not shrink for so long is not being caught up. */
const stalledAfterMs = 2 * minuteMs
/** What a backlog has to shrink by meanwhile. It is then read by 5 % faster than it grows. */
const progressMs = 6 * secondMs
/** After a longer time without a connection, the backlog is another one. */
const forgottenAfterMs = 30 * secondMs

/** How a backlog shrinks. Times are epoch ms. */
export interface CatchingUp {
  /** The least lag so far. */
  readonly lowestMs: number
  /** For how long it has not become less. */
  readonly stalledMs: number
  /** When the lag was known last. */
  readonly seenAt: number
}

/**
 * Follows how a backlog is read. While it shrinks, its lag is that of an absence and no alert; a backlog that has not
 * shrunk for two minutes counts as any other lag. Time without a connection does not count.
 *
 * @param lag `undefined` while it is unknown, because nothing is read
 * @returns the next state, and the lag that counts, ms; `undefined` while that is unknown
 */
export function countedLag(
  before: CatchingUp | undefined,
  lag: ReadingLag | undefined,
  now: number,
): readonly [CatchingUp | undefined, number | undefined] {
  if (lag === undefined) return [before, undefined]
  if (!lag.isBacklog) return [undefined, lag.ms]
  const { ms } = lag
  const gapMs = before === undefined ? Infinity : Math.max(0, now - before.seenAt)
  if (before === undefined || gapMs > forgottenAfterMs) return [{ lowestMs: ms, stalledMs: 0, seenAt: now }, undefined]
  const hasShrunk = ms <= before.lowestMs - progressMs
  const next = hasShrunk
    ? { lowestMs: ms, stalledMs: 0, seenAt: now }
    : { ...before, stalledMs: before.stalledMs + gapMs, seenAt: now }
  return [next, next.stalledMs >= stalledAfterMs ? ms : undefined]
}
