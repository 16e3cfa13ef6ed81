import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { isCleanText } from '#shared/metric/message.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { columnsBetween, columnsOf, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { PartitionCounters } from '../counters/partition-counters.ts'
import { decodeBatch } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch, UnreadableBatch } from '../../../src-kafka/stream.ts'

/** Content of one call of the stream, parsed without the database. All records are of one partition. */
export interface IngestBatch {
  readonly topic: string
  readonly partition: number
  readonly columns: SampleColumns
  readonly rejects: readonly RejectedRecord[]
  readonly gap: Gap | undefined
  /** Position after this batch. */
  readonly next: ReadPosition
  /** Log end offset of the partition, if the fetch reported it. */
  readonly end: number | undefined
  /** The stored position that reading continued from, as this replica knew it. */
  readonly expected: ReadPosition | undefined
  /** Those of the partition, as of where the batch begins; `undefined`: the batch has no samples. */
  readonly counters: PartitionCounters | undefined
  /** What its records are; `undefined`: nothing to count. */
  readonly tally: BatchTally | undefined
}

const nothing = {
  columns: columnsOf([]),
  rejects: [],
  gap: undefined,
  end: undefined,
  counters: undefined,
  tally: undefined,
} as const
/** The latest time that a JavaScript date and a PostgreSQL timestamp can both hold. */
const lastInstant = 8.64e15

/** @returns `undefined` if the batch has no new record for this replica */
export function ingestBatchOf(
  raw: RawBatch,
  expected: ReadPosition | undefined,
  scanner: SampleScanner,
): IngestBatch | undefined {
  const read = decodeBatch(raw, expected, scanner)
  if (!read) return undefined
  const { topic, partition, end } = raw
  const { columns, next, tally } = read
  const rejects = read.rejects.map(storable)
  return { ...nothing, topic, partition, columns, rejects, next, end, expected, tally }
}

export function unreadableIngestBatch(
  { position, reason, resumeFrom }: UnreadableBatch,
  at: number,
  expected: ReadPosition | undefined,
): IngestBatch {
  const { topic, partition } = position
  const reject = { code: 'bad-codec', reason } as const
  const rejects = [{ position, at, reject, head: new Uint8Array(0) }]
  return { ...nothing, topic, partition, rejects, next: resumeFrom, expected }
}

export function gapIngestBatch(gap: Gap, next: ReadPosition, expected: ReadPosition | undefined): IngestBatch {
  return { ...nothing, topic: gap.topic, partition: gap.partition, gap, next, expected }
}

/**
 * Drops records before `next`: another replica stored them.
 * @returns `undefined` if none is left
 */
export function withoutStored(batch: IngestBatch, next: number): IngestBatch | undefined {
  if (batch.next.next <= next) return undefined
  const from = firstFrom(batch.columns, next)
  const rejects = batch.rejects.filter(({ position }) => position.offset >= next)
  if (from === 0 && rejects.length === batch.rejects.length) return batch
  return { ...batch, columns: columnsBetween(batch.columns, from, batch.columns.count), rejects }
}

/** Offset of the first record; without records, the offset after the batch. */
export function firstOffset({ columns, rejects, next }: IngestBatch): number {
  const first = columns.offset[0] ?? next.next
  return rejects.reduce((least, { position }) => Math.min(least, position.offset), first)
}

/**
 * Splits a batch, to find the record that PostgreSQL refuses.
 * @returns `undefined` for a batch of one record
 */
export function splitInHalf(batch: IngestBatch): readonly [IngestBatch, IngestBatch] | undefined {
  const { columns } = batch
  // A record with a refused metric is in both.
  const offsets = [...new Set([...columns.offset, ...batch.rejects.map(({ position }) => position.offset)])]
  if (offsets.length < 2) return undefined
  const middle = offsets.sort((a, b) => a - b)[offsets.length >> 1] ?? 0
  const cut = firstFrom(columns, middle)
  const { topic, partition } = batch
  const first: IngestBatch = {
    ...batch,
    tally: undefined, // counted once, with the other half
    columns: columnsBetween(columns, 0, cut),
    rejects: batch.rejects.filter(({ position }) => position.offset < middle),
    next: { topic, partition, next: middle, last: null },
  }
  return [
    first,
    {
      ...batch,
      columns: columnsBetween(columns, cut, columns.count),
      rejects: batch.rejects.filter(({ position }) => position.offset >= middle),
      expected: first.next,
    },
  ]
}

/** The batch with its only record rejected. */
export function asRejected(batch: IngestBatch, reason: string): IngestBatch {
  const { topic, partition } = batch
  const offset = batch.columns.offset[0] ?? batch.rejects[0]?.position.offset
  if (offset === undefined) return batch
  const reject = { code: 'not-stored', reason: `value: ${reason}` } as const
  const row: RejectedRecord = storable({
    position: { topic, partition, offset },
    at: batch.next.last?.timestamp ?? 0,
    reject,
    head: new Uint8Array(0),
  })
  return { ...batch, columns: columnsOf([]), rejects: [row] }
}

function firstFrom({ offset, count }: SampleColumns, next: number): number {
  const first = offset.findIndex((one) => one >= next)
  return first === -1 ? count : first
}

/** Times and texts that PostgreSQL can hold. */
export function storable(row: RejectedRecord): RejectedRecord {
  const at = Math.min(Math.max(row.at, 0), lastInstant)
  const reason = row.reject.reason
  if (at === row.at && isCleanText(reason)) return row
  return { ...row, at, reject: { code: row.reject.code, reason: reason.replaceAll('\0', '�').toWellFormed() } }
}
