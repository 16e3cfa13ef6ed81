import type { RecordPosition, Rejection, Sample } from '#shared/metric/sample.ts'
import { sampleAt } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { decodeBatch, newRecordsOf } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch, RawRecord, UnreadableBatch } from '../../../src-kafka/stream.ts'

/** Content of one call of the stream, parsed without the database. All records are of one partition. */
export interface IngestBatch {
  readonly topic: string
  readonly partition: number
  readonly samples: readonly Sample[]
  /** `positions[i]` belongs to `samples[i]`. */
  readonly positions: readonly RecordPosition[]
  readonly rejects: readonly RejectedRecord[]
  readonly gap: Gap | undefined
  /** Position after this batch. */
  readonly next: ReadPosition
  /** Log end offset of the partition, if the fetch reported it. */
  readonly end: number | undefined
  /** The stored position that reading continued from, as this replica knew it. */
  readonly expected: ReadPosition | undefined
}

const nothing = { samples: [], positions: [], rejects: [], gap: undefined, end: undefined } as const
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
  const { columns, next } = read
  const samples = Array.from({ length: columns.count }, (_, i) => sampleAt(columns, i))
  const positions = Array.from(columns.offset.subarray(0, columns.count), (offset) => ({ topic, partition, offset }))
  const rejects = read.rejects.map(storable)
  const batch = { topic, partition, samples, positions, rejects, next, gap: undefined, end, expected }
  const records = newRecordsOf(raw, expected)
  return records.some(({ value }) => hasEscape(value)) ? withoutUnwritable(batch, records) : batch
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
  const first = batch.positions.findIndex(({ offset }) => offset >= next)
  const from = first === -1 ? batch.positions.length : first
  const rejects = batch.rejects.filter(({ position }) => position.offset >= next)
  if (from === 0 && rejects.length === batch.rejects.length) return batch
  return { ...batch, samples: batch.samples.slice(from), positions: batch.positions.slice(from), rejects }
}

/** Offset of the first record; without records, the offset after the batch. */
export function firstOffset({ positions, rejects, next }: IngestBatch): number {
  const first = positions[0]?.offset ?? next.next
  return rejects.reduce((least, { position }) => Math.min(least, position.offset), first)
}

/**
 * Splits a batch, to find the record that PostgreSQL refuses.
 * @returns `undefined` for a batch of one record
 */
export function splitInHalf(batch: IngestBatch): readonly [IngestBatch, IngestBatch] | undefined {
  const offsets = [...batch.positions, ...batch.rejects.map(({ position }) => position)].map(({ offset }) => offset)
  if (offsets.length < 2) return undefined
  const middle = offsets.sort((a, b) => a - b)[offsets.length >> 1] ?? 0
  const until = batch.positions.findIndex(({ offset }) => offset >= middle)
  const cut = until === -1 ? batch.positions.length : until
  const { topic, partition } = batch
  const first: IngestBatch = {
    ...batch,
    samples: batch.samples.slice(0, cut),
    positions: batch.positions.slice(0, cut),
    rejects: batch.rejects.filter(({ position }) => position.offset < middle),
    next: { topic, partition, next: middle, last: null },
  }
  return [
    first,
    {
      ...batch,
      samples: batch.samples.slice(cut),
      positions: batch.positions.slice(cut),
      rejects: batch.rejects.filter(({ position }) => position.offset >= middle),
      expected: first.next,
    },
  ]
}

/** The batch with its only record rejected. */
export function asRejected(batch: IngestBatch, reason: string): IngestBatch {
  const position = batch.positions[0] ?? batch.rejects[0]?.position
  if (position === undefined) return batch
  const reject = { code: 'wrong-shape', reason: `value: ${reason}` } as const
  const row: RejectedRecord = storable({
    position,
    at: batch.next.last?.timestamp ?? 0,
    reject,
    head: new Uint8Array(0),
  })
  return { ...batch, samples: [], positions: [], rejects: [row] }
}

/** JSON can contain NUL and unpaired surrogates, PostgreSQL cannot. Only an escape sequence can write them. */
function withoutUnwritable(batch: IngestBatch, records: readonly RawRecord[]): IngestBatch {
  const byOffset = new Map(records.map((record) => [record.offset, record]))
  const [samples, positions, rejects] = [[...batch.samples], [...batch.positions], [...batch.rejects]]
  for (let i = samples.length - 1; i >= 0; i--) {
    const sample = samples[i] as Sample
    const position = positions[i] as RecordPosition
    const reject = unwritable(sample)
    if (reject === undefined) continue
    samples.splice(i, 1)
    positions.splice(i, 1)
    const { timestamp = 0, value = null } = byOffset.get(position.offset) ?? {}
    rejects.push(storable({ position, at: timestamp, reject, head: value?.slice(0, 1024) ?? new Uint8Array(0) }))
  }
  return { ...batch, samples, positions, rejects }
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

function hasEscape(value: Uint8Array | null): boolean {
  if (value === null) return false
  const bytes = value instanceof Buffer ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return bytes.includes('\\u')
}
