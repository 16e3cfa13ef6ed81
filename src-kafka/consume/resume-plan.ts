import type { Fingerprint, ReadPosition } from '#shared/metric/read-position.ts'

/** Log range of a partition: `start` is the oldest record kept, `end` the offset of the next record written. */
export interface LogRange {
  readonly start: number
  readonly end: number
}

/** Lost records: `from` to `to` (exclusive). Equal if their number is unknown. */
export interface RecordLoss {
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** Offset to fetch first, the record expected there, and the loss before it. */
export interface ResumePlan {
  readonly fetchOffset: number
  /** The record at `fetchOffset` was stored already and must be this one. */
  readonly expectedRecord: Fingerprint | undefined
  readonly loss: RecordLoss | undefined
}

export const gapReasons = {
  retention: 'Kafka deleted these messages (retention) before ReMo read them.',
  anotherLog: 'The topic was recreated or its log rewritten. ReMo reads it from the beginning.',
} as const

/**
 * Plans where to resume a partition. An offset alone does not identify a record: a recreated topic counts from 0 again.
 * So reading starts at the last stored record, if it still exists, and compares it.
 * @param range `undefined` if unknown: then the broker's answer to the fetch shows a loss. If the range is older than the
 *   position, a loss is only a suspicion: another member may have moved the position since
 */
export function planResume(stored: ReadPosition | undefined, range: LogRange | undefined): ResumePlan {
  if (!stored) return { fetchOffset: range?.start ?? 0, expectedRecord: undefined, loss: undefined }
  const { next, last } = stored
  const loss = range && lossIn(next, range)
  if (loss) return { fetchOffset: range.start, expectedRecord: undefined, loss }
  const lastAt = last?.offset ?? next - 1
  return last !== null && lastAt >= (range?.start ?? 0)
    ? { fetchOffset: lastAt, expectedRecord: last, loss: undefined }
    : { fetchOffset: next, expectedRecord: undefined, loss: undefined }
}

/** What is lost if reading should continue at `next`. */
function lossIn(next: number, { start, end }: LogRange): RecordLoss | undefined {
  if (next < start) return { from: next, to: start, reason: gapReasons.retention }
  if (next > end) return { from: next, to: next, reason: gapReasons.anotherLog }
  return undefined
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

/** The position behind records that are not stored, with the last record that is. */
export function startAfter(
  { topic, partition }: Pick<ReadPosition, 'topic' | 'partition'>,
  next: number,
  stored: ReadPosition | undefined,
): ReadPosition {
  const last = stored?.last ?? null
  return { topic, partition, next, last: last && { ...last, offset: last.offset ?? (stored?.next ?? 0) - 1 } }
}

/** A position without a record before it. */
export function startAt({ topic, partition }: Pick<ReadPosition, 'topic' | 'partition'>, next: number): ReadPosition {
  return { topic, partition, next, last: null }
}
