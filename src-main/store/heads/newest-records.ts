import type { Anchor } from '#shared/alert/series.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'

/**
 * Newest record of one part with one list of metrics: the `last` of all its series, unless another list has a newer
 * one. By event time; of equal times the later in the log.
 */
export interface NewestRecord {
  readonly metrics: readonly number[]
  at: number
  partition: TopicPartition
  offset: number
  /** Counts all records of this run: of equal times in two lists, the later one is newer. */
  order: number
  /** Journal batch. */
  seq: number
  /** Whether the series table has it, too. */
  inTable: boolean
}

/** A part with its newest records. */
interface OfPart {
  readonly newest: NewestRecord[]
}

/** The part's entry for a list of metrics; a new one if the part never had this list. */
export function newestOf({ newest }: OfPart, metrics: readonly number[]): NewestRecord {
  for (const record of newest) if (record.metrics === metrics) return record
  const added: NewestRecord = {
    metrics,
    at: -Infinity,
    partition: { topic: '', partition: 0 },
    offset: 0,
    order: 0,
    seq: 0,
    inTable: false,
  }
  newest.push(added)
  return added
}

/** The newer of `last` and the records with the metric. `last` is from the table, so equal times are older. */
export function newerAnchor(parts: readonly OfPart[], metric: number, last: Anchor | null): Anchor | null {
  let found: NewestRecord | null = null
  for (const { newest } of parts) {
    for (const record of newest) {
      if (record.at < (last?.at ?? -Infinity) || !isNewer(record, found) || !record.metrics.includes(metric)) continue
      found = record
    }
  }
  if (found === null) return last
  const { at, partition, offset } = found
  return { at, position: { ...partition, offset } }
}

function isNewer({ at, order }: NewestRecord, other: NewestRecord | null): boolean {
  return other === null || at > other.at || (at === other.at && order > other.order)
}
