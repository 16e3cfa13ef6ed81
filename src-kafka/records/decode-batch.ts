import { createHash } from 'node:crypto'
import { decode, isFuture } from '#shared/metric/decode.ts'
import type { RecordPosition, Rejection, Sample } from '#shared/metric/sample.ts'
import type { RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { RawBatch, RawRecord } from '../stream.ts'

/** Bytes of a rejected record that are kept for the operator. */
const keptBytes = 1024

/** A decoded batch: `positions[i]` belongs to `samples[i]`. */
export interface DecodedBatch {
  readonly samples: readonly Sample[]
  readonly positions: readonly RecordPosition[]
  readonly rejects: readonly RejectedRecord[]
  /** The read position once all of this is stored. */
  readonly next: ReadPosition
}

/**
 * Decodes the new records of a batch. Skips records before the stored position: Kafka delivers at least once. Never
 * throws on the content of a record.
 * @returns `undefined` if no record is new
 */
export function decodeBatch(batch: RawBatch, stored: ReadPosition | undefined): DecodedBatch | undefined {
  const first = firstNew(batch.records, stored?.next ?? 0)
  const last = batch.records.at(-1)
  if (last === undefined || first >= batch.records.length) return undefined
  const { topic, partition } = batch
  const samples: Sample[] = []
  const positions: RecordPosition[] = []
  const rejects: RejectedRecord[] = []
  for (const record of first === 0 ? batch.records : batch.records.slice(first)) {
    const position = { topic, partition, offset: record.offset }
    const outcome = sampleOf(record)
    if ('code' in outcome) {
      rejects.push({ position, at: record.timestamp, reject: outcome, head: firstBytesOf(record.value) })
    } else {
      samples.push(outcome)
      positions.push(position)
    }
  }
  const next = { topic, partition, next: last.offset + 1, last: fingerprintOf(last) }
  return { samples, positions, rejects, next }
}

/**
 * Timestamp and content hash of a record. They distinguish a recreated topic from its predecessor, because Kafka counts
 * the offsets of both from 0.
 */
export function fingerprintOf({ timestamp, value }: RawRecord): NonNullable<ReadPosition['last']> {
  const hash = createHash('sha256')
  if (value !== null) hash.update(value)
  return { timestamp, hash: hash.digest('base64url').slice(0, 22) }
}

function sampleOf(record: RawRecord): Sample | Rejection {
  const decoded = decode(record.value)
  if (!decoded.ok) return decoded.reject
  // A record without a timestamp (-1, from producers before Kafka 0.10) cannot be compared.
  if (record.timestamp < 0 || !isFuture(decoded.sample, record.timestamp)) return decoded.sample
  const ahead = Math.round((decoded.sample.at - record.timestamp) / 1000)
  return {
    code: 'future-timestamp',
    reason: `timestamp: expected at most 5 minutes after the record was written, got ${ahead} seconds after it`,
  }
}

function firstNew(records: readonly RawRecord[], next: number): number {
  const first = records.findIndex((record) => record.offset >= next)
  return first === -1 ? records.length : first
}

/** Copies the bytes. A view would keep the memory of the whole fetch alive. */
export function firstBytesOf(value: Uint8Array | null): Uint8Array {
  return value === null ? new Uint8Array(0) : value.slice(0, keptBytes)
}
