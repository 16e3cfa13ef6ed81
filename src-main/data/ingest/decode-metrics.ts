import type { ReadPosition, RejectedRecord } from '#shared/metric/read-position.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { SampleScanner } from '#shared/metric/sample-scanner.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { BatchTally } from '#shared/metric/sources/batch-tally.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { withoutTooOld } from '#shared/metric/too-old.ts'
import { decodeBatch } from '../../../src-kafka/records/decode-batch.ts'
import type { RawBatch } from '../../../src-kafka/stream.ts'

/** The new records of one partition. */
export interface DecodedMetrics {
  readonly samples: SampleBatch
  /** What the records are, also those without samples. */
  readonly tally: BatchTally
  /** At most one for each record. */
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
  scanner.assembler.keptFrom = now - days * dayMs
  const decoded = decodeBatch(raw, stored, scanner)
  if (!decoded) return undefined
  const { next, tally } = decoded
  const { columns, rejects: tooOld } = withoutTooOld({ topic, partition, columns: decoded.columns }, days, now)
  const rejects = tooOld.length === 0 ? decoded.rejects : oneForEachRecord([...decoded.rejects, ...tooOld])
  const start = stored ? undefined : beginOf(raw)
  return { samples: { topic, partition, columns }, tally, rejects, next, start, end }
}

/** Where reading of a partition begins. Without a record, that is behind everything that was skipped. */
function beginOf({ topic, partition, runs, next }: RawBatch): RecordPosition {
  const run = runs.find(({ count }) => count > 0)
  return { topic, partition, offset: run?.offsets[0] ?? next }
}

/** The last one of each record: where a record is too old, nothing else about it matters. */
function oneForEachRecord(rejects: readonly RejectedRecord[]): readonly RejectedRecord[] {
  return [...new Map(rejects.map((reject) => [reject.position.offset, reject])).values()]
}
