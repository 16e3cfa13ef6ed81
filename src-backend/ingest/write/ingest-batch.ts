import type { RecordPosition, Rejection, Sample } from '#shared/metric/sample.ts'
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { decodeBatch } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch, UnreadableBatch } from '../../../src-kafka/stream.ts'

/** What one call of the stream asks to be stored, read as far as that needs no database. All of one partition. */
export interface IngestBatch {
  readonly topic: string
  readonly partition: number
  readonly samples: readonly Sample[]
  /** `positions[i]` belongs to `samples[i]`. */
  readonly positions: readonly RecordPosition[]
  readonly rejects: readonly RejectedRecord[]
  readonly gap: Gap | undefined
  /** Where to read on when all of this is stored. */
  readonly next: ReadPosition
  /** End of the partition, where the fetch told it. */
  readonly end: number | undefined
  /** The position that reading went on from, as far as this replica knew. */
  readonly expected: ReadPosition | undefined
}

const nothing = { samples: [], positions: [], rejects: [], gap: undefined, end: undefined } as const
/** The largest time that a JavaScript date and a timestamp of PostgreSQL both hold. */
const lastInstant = 8.64e15

/** `undefined` where nothing in the batch is new to this replica. */
export function ingestBatchOf(batch: RawBatch, expected: ReadPosition | undefined): IngestBatch | undefined {
  const read = decodeBatch(batch, expected)
  if (!read) return undefined
  const { topic, partition, end } = batch
  const rejects = read.rejects.map(storable)
  const run = { topic, partition, ...read, rejects, gap: undefined, end, expected }
  return batch.records.some(({ value }) => hasEscape(value)) ? withoutUnwritable(run, batch) : run
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

/** Without what lies before `next`: another replica has stored that. `undefined` where nothing is left. */
export function withoutStored(run: IngestBatch, next: number): IngestBatch | undefined {
  if (run.next.next <= next) return undefined
  const first = run.positions.findIndex(({ offset }) => offset >= next)
  const from = first === -1 ? run.positions.length : first
  const rejects = run.rejects.filter(({ position }) => position.offset >= next)
  if (from === 0 && rejects.length === run.rejects.length) return run
  return { ...run, samples: run.samples.slice(from), positions: run.positions.slice(from), rejects }
}

/** That of its first record; where it has none, of what follows it. */
export function firstOffset({ positions, rejects, next }: IngestBatch): number {
  const first = positions[0]?.offset ?? next.next
  return rejects.reduce((least, { position }) => Math.min(least, position.offset), first)
}

/** One half and the other, for finding the record that cannot be stored; `undefined` for a run of one record. */
export function splitInHalf(run: IngestBatch): readonly [IngestBatch, IngestBatch] | undefined {
  const offsets = [...run.positions, ...run.rejects.map(({ position }) => position)].map(({ offset }) => offset)
  if (offsets.length < 2) return undefined
  const middle = offsets.sort((a, b) => a - b)[offsets.length >> 1] ?? 0
  const until = run.positions.findIndex(({ offset }) => offset >= middle)
  const cut = until === -1 ? run.positions.length : until
  const { topic, partition } = run
  const first: IngestBatch = {
    ...run,
    samples: run.samples.slice(0, cut),
    positions: run.positions.slice(0, cut),
    rejects: run.rejects.filter(({ position }) => position.offset < middle),
    next: { topic, partition, next: middle, last: null },
  }
  return [
    first,
    {
      ...run,
      samples: run.samples.slice(cut),
      positions: run.positions.slice(cut),
      rejects: run.rejects.filter(({ position }) => position.offset >= middle),
      expected: first.next,
    },
  ]
}

/** The same run with its only record refused. */
export function asRejected(run: IngestBatch, reason: string): IngestBatch {
  const position = run.positions[0] ?? run.rejects[0]?.position
  if (position === undefined) return run
  const reject = { code: 'wrong-shape', reason: `value: ${reason}` } as const
  const row: RejectedRecord = storable({ position, at: run.next.last?.timestamp ?? 0, reject, head: new Uint8Array(0) })
  return { ...run, samples: [], positions: [], rejects: [row] }
}

/** NUL and half a surrogate pair are texts of JSON, but none of PostgreSQL; only an escape can write them. */
function withoutUnwritable(run: IngestBatch, { records }: RawBatch): IngestBatch {
  const byOffset = new Map(records.map((record) => [record.offset, record]))
  const [samples, positions, rejects] = [[...run.samples], [...run.positions], [...run.rejects]]
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
  return { ...run, samples, positions, rejects }
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
