import { createHash } from 'node:crypto'
import type { SampleColumns } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { Fingerprint, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { BatchTally, ExampleRecord } from '#shared/metric/sources/batch-tally.ts'
import type { RunIndex } from '#shared/metric/sources/tally-builder.ts'
import type { RawBatch, RawRecord } from '../stream.ts'
import { BatchReader } from './batch-reader.ts'
import { keyAt, recordAt, valueAt } from './record-at.ts'
import type { RecordRun } from './record-run.ts'
import { firstAtOrAfter } from './slice-run.ts'

/** Bytes of a rejected record that are kept for the operator. */
const keptBytes = 1024

/** A decoded batch. */
export interface DecodedBatch {
  readonly columns: SampleColumns
  /** At most one for each record. */
  readonly rejects: readonly RejectedRecord[]
  /** The read position once all of this is stored. */
  readonly next: ReadPosition
  /** What the records are. Count it once they are stored. */
  readonly tally: BatchTally
}

/**
 * Decodes the new records of a batch. Skips records before the stored position: Kafka delivers at least once. Never
 * throws on the content of a record.
 * @param scanner one for all batches of a reader: it knows the layouts of earlier messages. What its assembler knows of
 *   the partition is staged until `commit` or `rollback`
 * @returns `undefined` if there is nothing new, neither a record nor a position
 */
export function decodeBatch(
  batch: RawBatch,
  stored: ReadPosition | undefined,
  scanner: SampleScanner,
): DecodedBatch | undefined {
  const { topic, partition } = batch
  const from = stored?.next ?? 0
  if (batch.next <= from) return undefined
  const rejects: RejectedRecord[] = []
  const reader = new BatchReader(batch, scanner)
  let lastRun: RecordRun | undefined
  for (const run of batch.runs) {
    let i = firstAtOrAfter(run, from)
    if (i < run.count) lastRun = run
    reader.use(run)
    for (i = reader.readOwn(i); i < run.count; i = reader.readOwn(i + 1)) {
      const reject = reader.read(i)
      if (!reject) continue
      const position = { topic, partition, offset: run.offsets[i] as number }
      rejects.push({ position, at: timestampOf(run, i), reject, head: firstBytesOf(valueAt(run, i)) })
    }
  }
  const last = lastStored(lastRun && recordAt(lastRun, lastRun.count - 1), batch.next, stored)
  const { columns, ...counted } = scanner.takeAssembled()
  const tally = reader.tally.build(batch, counted, exampleOf)
  return { columns, rejects, next: { topic, partition, next: batch.next, last }, tally }
}

function exampleOf({ run, i }: RunIndex<RecordRun>): ExampleRecord {
  const key = keyAt(run, i)
  return {
    offset: run.offsets[i] as number,
    at: timestampOf(run, i),
    key: key && firstBytesOf(key),
    head: firstBytesOf(valueAt(run, i)),
  }
}

/**
 * Timestamp and content hash of a record. They distinguish a recreated topic from its predecessor, because Kafka counts
 * the offsets of both from 0.
 */
export function fingerprintOf({ timestamp, value }: Pick<RawRecord, 'timestamp' | 'value'>): Fingerprint {
  const hash = createHash('sha256')
  if (value !== null) hash.update(value)
  return { timestamp: exact(timestamp), hash: hash.digest('base64url').slice(0, 22) }
}

/** The records at or after the stored position, as objects. */
export function newRecordsOf({ runs }: RawBatch, stored: ReadPosition | undefined): RawRecord[] {
  const records: RawRecord[] = []
  for (const run of runs)
    for (let i = firstAtOrAfter(run, stored?.next ?? 0); i < run.count; i++) records.push(recordAt(run, i))
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

/** Copies the bytes. A view would keep the memory of the whole fetch alive. */
export function firstBytesOf(value: Uint8Array | null): Uint8Array {
  // `slice` of a Buffer would be a view
  return new Uint8Array(value?.subarray(0, keptBytes) ?? [])
}

function timestampOf({ timestamps }: RecordRun, i: number): number {
  return exact(timestamps[i] as number)
}

/** Producers set timestamps, so they may have any 64-bit value. Above 2^53 they would not be exact integers. */
function exact(timestamp: number): number {
  return Math.min(timestamp, Number.MAX_SAFE_INTEGER)
}
