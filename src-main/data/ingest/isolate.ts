import type { RecordPosition } from '#shared/metric/sample.ts'
import type { ReadPosition, RejectedRecord } from '#shared/metric/read-position.ts'
import { firstBytesOf, lastStored, newRecordsOf } from '../../../src-kafka/records/decode-batch.ts'
import { sliceRun } from '../../../src-kafka/records/slice-run.ts'
import type { TeamWrite } from '../../store/batch-write.ts'
import type { RecordRun } from '../../../src-kafka/records/record-run.ts'
import type { RawBatch, RawRecord } from '../../../src-kafka/stream.ts'

/** Records rejected in a row before anything could be stored again. More are not the fault of records. */
export const isolatedAtMost = 100

/** A record that cannot be stored, as it is stored instead. */
export interface RejectedAlone {
  readonly row: RejectedRecord
  /** The position after it; absent for a record that was read before. */
  readonly position?: ReadPosition
  readonly team?: TeamWrite
}

/** Splits a batch of at least two records, to find the one that cannot be stored. */
export function splitInHalf(batch: RawBatch): readonly [RawBatch, RawBatch] | undefined {
  const count = batch.runs.reduce((sum, run) => sum + run.count, 0)
  if (count < 2) return undefined
  const [first, second]: [RecordRun[], RecordRun[]] = [[], []]
  let left = count >> 1
  for (const run of batch.runs) {
    const cut = Math.min(run.count, left)
    if (cut > 0) first.push(sliceRun(run, 0, cut))
    if (cut < run.count) second.push(sliceRun(run, cut, run.count))
    left -= cut
  }
  const middle = second[0]?.offsets[0] ?? batch.next
  return [
    { ...batch, runs: first, next: middle },
    { ...batch, runs: second },
  ]
}

/** The row of a record that cannot be stored, and the position after it. `undefined` if the batch has none. */
export function asRejected(
  batch: RawBatch,
  stored: ReadPosition | undefined,
  error: unknown,
): RejectedAlone | undefined {
  const { topic, partition, next } = batch
  const [record] = newRecordsOf(batch, stored)
  if (!record) return undefined
  const last = lastStored(record, next, stored)
  return {
    row: rowOf(record, { topic, partition, offset: record.offset }, error),
    position: { topic, partition, next, last },
  }
}

export function rowOf(
  { timestamp, value }: Pick<RawRecord, 'timestamp' | 'value'>,
  { topic, partition, offset }: RecordPosition,
  error: unknown,
): RejectedRecord {
  const cause = error instanceof Error ? error.message : String(error)
  const reject = { code: 'not-stored', reason: `value: cannot be stored: ${cause}` } as const
  return { position: { topic, partition, offset }, at: timestamp, reject, head: firstBytesOf(value) }
}
