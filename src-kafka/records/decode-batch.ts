import { createHash } from 'node:crypto'
import { decode, isFuture } from '#shared/metric/decode.ts'
import { columnsOf, type SampleColumns, type SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { Rejection, Sample } from '#shared/metric/sample.ts'
import type { Fingerprint, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { RawBatch, RawRecord } from '../stream.ts'
import { recordAt } from './record-at.ts'

/** Bytes of a rejected record that are kept for the operator. */
const keptBytes = 1024

export interface DecodedBatch {
  readonly columns: SampleColumns
  readonly rejects: readonly RejectedRecord[]
  /** The read position once all of this is stored. */
  readonly next: ReadPosition
}

/**
 * Decodes the new records of a batch. Skips records before the stored position: Kafka delivers at least once. Never
 * throws on the content of a record.
 * @returns `undefined` if the batch ends at or before the stored position
 */
export function decodeBatch(
  batch: RawBatch,
  stored: ReadPosition | undefined,
  directory: SampleDirectory,
): DecodedBatch | undefined {
  const { topic, partition } = batch
  if (batch.next <= (stored?.next ?? 0)) return undefined
  const samples: Sample[] = []
  const offsets: number[] = []
  const rejects: RejectedRecord[] = []
  const records = newRecordsOf(batch, stored)
  for (const record of records) {
    const outcome = sampleOf(record)
    if ('code' in outcome) {
      const position = { topic, partition, offset: record.offset }
      rejects.push({ position, at: record.timestamp, reject: outcome, head: firstBytesOf(record.value) })
    } else {
      samples.push(outcome)
      offsets.push(record.offset)
    }
  }
  const last = lastStored(records.at(-1), batch.next, stored)
  const next = { topic, partition, next: batch.next, last }
  return { columns: columnsOf(samples, offsets, directory), rejects, next }
}

/** The records at or after the stored position, as objects. */
export function newRecordsOf({ runs }: RawBatch, stored: ReadPosition | undefined): RawRecord[] {
  const records: RawRecord[] = []
  for (const run of runs) {
    for (let i = 0; i < run.count; i++) {
      if ((run.offsets[i] as number) >= (stored?.next ?? 0)) records.push(recordAt(run, i))
    }
  }
  return records
}

/** The last record that is stored once the position is `next`. Without a new one, it is still the one before. */
export function lastStored(
  record: RawRecord | undefined,
  next: number,
  stored: ReadPosition | undefined,
): Fingerprint | null {
  if (record) return { ...fingerprintOf(record), ...(record.offset === next - 1 ? {} : { offset: record.offset }) }
  return stored?.last ? { offset: stored.next - 1, ...stored.last } : null
}

/**
 * Timestamp and content hash of a record. They distinguish a recreated topic from its predecessor, because Kafka counts
 * the offsets of both from 0.
 */
export function fingerprintOf({ timestamp, value }: RawRecord): Fingerprint {
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

/** Copies the bytes. A view would keep the memory of the whole fetch alive. */
export function firstBytesOf(value: Uint8Array | null): Uint8Array {
  return value === null ? new Uint8Array(0) : value.slice(0, keptBytes)
}
