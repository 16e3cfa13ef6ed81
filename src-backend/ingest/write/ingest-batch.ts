import type { Rejection, Sample } from '#shared/metric/sample.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { columnsBetween, columnsOf, columnsWhere, sampleAt, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { decodeBatch, firstBytesOf } from '../../../src-kafka/records/decode-batch.ts'
import type { RecordRun } from '../../../src-kafka/records/record-run.ts'
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
}

const nothing = { columns: columnsOf([]), rejects: [], gap: undefined, end: undefined } as const
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
  const rejects = read.rejects.map(storable)
  const batch = { topic, partition, columns: read.columns, rejects, next: read.next, gap: undefined, end, expected }
  return raw.runs.some(hasEscape) ? withoutUnwritable(batch, raw.runs) : batch
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
  const offsets = [...columns.offset, ...batch.rejects.map(({ position }) => position.offset)]
  if (offsets.length < 2) return undefined
  const middle = offsets.sort((a, b) => a - b)[offsets.length >> 1] ?? 0
  const cut = firstFrom(columns, middle)
  const { topic, partition } = batch
  const first: IngestBatch = {
    ...batch,
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
  const reject = { code: 'wrong-shape', reason: `value: ${reason}` } as const
  const row: RejectedRecord = storable({
    position: { topic, partition, offset },
    at: batch.next.last?.timestamp ?? 0,
    reject,
    head: new Uint8Array(0),
  })
  return { ...batch, columns: columnsOf([]), rejects: [row] }
}

/** JSON can contain NUL and unpaired surrogates, PostgreSQL cannot. Only an escape sequence can write them. */
function withoutUnwritable(batch: IngestBatch, runs: readonly RecordRun[]): IngestBatch {
  const { topic, partition, columns } = batch
  const rejects = [...batch.rejects]
  const kept = columnsWhere(columns, (i) => {
    const reject = unwritable(sampleAt(columns, i))
    if (reject === undefined) return true
    const offset = columns.offset[i] as number
    const record = recordAt(runs, offset)
    rejects.push(storable({ position: { topic, partition, offset }, ...record, reject }))
    return false
  })
  return { ...batch, columns: kept, rejects }
}

function recordAt(runs: readonly RecordRun[], offset: number): { at: number; head: Uint8Array } {
  for (const { bytes, offsets, timestamps, valueStarts, valueEnds } of runs) {
    const i = offsets.indexOf(offset)
    if (i !== -1) return { at: timestamps[i] ?? 0, head: firstBytesOf(bytes.subarray(valueStarts[i], valueEnds[i])) }
  }
  return { at: 0, head: new Uint8Array(0) }
}

function firstFrom({ offset, count }: SampleColumns, next: number): number {
  const first = offset.findIndex((one) => one >= next)
  return first === -1 ? count : first
}

function unwritable({ nodeId, nodeName, names, units }: Sample): Rejection | undefined {
  const texts = [nodeId, nodeName, ...names, ...Object.entries(units ?? {}).flat()]
  if (texts.every(isWritable)) return undefined
  return { code: 'wrong-shape', reason: 'value: expected text without NUL and broken characters' }
}

function isWritable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

function storable(row: RejectedRecord): RejectedRecord {
  const at = Math.min(Math.max(row.at, 0), lastInstant)
  const reason = row.reject.reason
  if (at === row.at && isWritable(reason)) return row
  return { ...row, at, reject: { code: row.reject.code, reason: reason.replaceAll('\0', '�').toWellFormed() } }
}

/** Whether there is an escape sequence between the first value and the last one. */
function hasEscape({ bytes, count, valueStarts, valueEnds }: RecordRun): boolean {
  const from = valueStarts.find((start) => start >= 0) ?? 0
  return bytes
    .subarray(
      from,
      valueEnds.subarray(0, count).reduce((last, end) => Math.max(last, end), from),
    )
    .includes('\\u')
}
