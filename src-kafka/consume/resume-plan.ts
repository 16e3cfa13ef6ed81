import type { ReadPosition } from '#shared/metric/read-position.ts'

/** Log range of a partition: `start` is the oldest record kept, `end` the offset of the next record written. */
export interface LogRange {
  readonly start: number
  readonly end: number
}

/** Timestamp and content hash of one record. */
export type Fingerprint = NonNullable<ReadPosition['last']>

/** Lost records: `from` to `to` (exclusive). Equal if their number is unknown. */
export interface RecordLoss {
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** Offset to seek at a join, the record expected there, and the loss before it. */
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
 * Plans where to resume a partition. Kafka answers an offset out of range with a silent jump, so the position is
 * clamped here first. An offset alone does not identify a record: a recreated topic counts from 0 again. So reading
 * starts at the last stored record, if it still exists, and compares it.
 * @param range `undefined` if unknown: the position is not clamped. If the range is older than the position, a loss is
 *   only a suspicion: another member may have moved the position since
 */
export function planResume(stored: ReadPosition | undefined, range: LogRange | undefined): ResumePlan {
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
 * Compares the log with the one that was read before.
 * @param first the first record from `expectedAt` on
 * @returns `gone` if the record no longer exists (compaction): no evidence either way
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
