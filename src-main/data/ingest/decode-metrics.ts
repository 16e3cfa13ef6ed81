import { recordsIn, type ReadPosition, type RejectedRecord } from '#shared/metric/read-position.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import { withoutTooOld } from '#shared/metric/too-old.ts'
import { decodeBatch } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch } from '../../../src-kafka/stream.ts'

/** The new records of one partition. */
export interface DecodedMetrics {
  readonly samples: SampleBatch
  /** Records read, also those that are rejected. */
  readonly records: number
  readonly rejects: readonly RejectedRecord[]
  readonly next: ReadPosition
  /** Where reading begins, for a partition that was never read. */
  readonly start: RecordPosition | undefined
  readonly end: number
}

/**
 * The new records of one partition that are worth keeping; `undefined` if there is nothing new.
 * @param days older samples are rejected
 * @param now epoch ms
 */
export function decodeMetrics(
  raw: RawBatch,
  stored: ReadPosition | undefined,
  { scanner, days, now }: { readonly scanner: SampleScanner; readonly days: number; readonly now: number },
): DecodedMetrics | undefined {
  const { topic, partition, end } = raw
  const decoded = decodeBatch(raw, stored, scanner)
  if (!decoded) return undefined
  const { next } = decoded
  const records = recordsIn(decoded.columns.count, decoded.rejects)
  const { columns, rejects: tooOld } = withoutTooOld({ topic, partition, columns: decoded.columns }, days, now)
  const rejects = tooOld.length === 0 ? decoded.rejects : [...decoded.rejects, ...tooOld]
  const start = stored ? undefined : beginOf(raw)
  return { samples: { topic, partition, columns }, records, rejects, next, start, end }
}

/** Where reading of a partition begins. Without a record, that is behind everything that was skipped. */
function beginOf({ topic, partition, runs, next }: RawBatch): RecordPosition {
  const run = runs.find(({ count }) => count > 0)
  return { topic, partition, offset: run?.offsets[0] ?? next }
}
