import type { StoredPosition } from '#shared/metric/stored.ts'

/** Range of a partition's log: `low` is the oldest record kept, `end` the offset that the next one will get. */
export interface LogRange {
  readonly start: number
  readonly end: number
}

/** Timestamp and content hash of one record. */
export type Fingerprint = NonNullable<StoredPosition['last']>

/** Records that this reader will never see: `from` to `to`, exclusive; equal when their number cannot be known. */
export interface RecordLoss {
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** Where to seek at a join, what must be there, and what was lost before it. */
export interface ResumePlan {
  readonly seek: number
  /** The record at `seek` was stored already and must be this one. */
  readonly expectedRecord: Fingerprint | undefined
  readonly loss: RecordLoss | undefined
}

export const gapReasons = {
  retention: 'Kafka deleted these messages (retention) before ReMo read them.',
  anotherLog: 'The topic was recreated or its log rewritten. ReMo reads it from the beginning.',
} as const

/**
 * Where to read a partition on. Kafka's own answer to an offset out of range is a silent jump, so the position is
 * clamped here first. An offset alone does not name a record either, since a topic that was created again counts anew:
 * where possible reading starts at the last stored record, not behind it, and compares.
 * @param range undefined when the broker has not told it, then nothing is clamped. Where it is older than the position,
 *   a loss is a mere suspicion: others that read the same group may have moved that position since
 */
export function planResume(stored: StoredPosition | undefined, range: LogRange | undefined): ResumePlan {
  if (!stored) return { seek: range?.start ?? 0, expectedRecord: undefined, loss: undefined }
  const { next, last } = stored
  if (range && next < range.start) {
    return {
      seek: range.start,
      expectedRecord: undefined,
      loss: { from: next, to: range.start, reason: gapReasons.retention },
    }
  }
  if (range && next > range.end) {
    return {
      seek: range.start,
      expectedRecord: undefined,
      loss: { from: next, to: next, reason: gapReasons.anotherLog },
    }
  }
  const lastIsKept = last !== null && next - 1 >= (range?.start ?? 0)
  return lastIsKept
    ? { seek: next - 1, expectedRecord: last, loss: undefined }
    : { seek: next, expectedRecord: undefined, loss: undefined }
}

/**
 * Whether the log is still the one that was read.
 * @param first the first record that came from `expectedAt` on
 * @returns `gone` when the record is not there any more (compaction): no evidence either way
 */
export function compareLog(
  expected: Fingerprint,
  expectedAt: number,
  first: { readonly offset: number; readonly fingerprint: () => Fingerprint },
): 'same' | 'another' | 'gone' {
  if (first.offset !== expectedAt) return 'gone'
  const found = first.fingerprint()
  return found.timestamp === expected.timestamp && found.hash === expected.hash ? 'same' : 'another'
}
