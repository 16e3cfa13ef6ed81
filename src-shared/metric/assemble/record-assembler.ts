import type { CounterRow } from '../formats/counter-row.ts'
import type { LeftOut, RecordPart } from '../formats/record-part.ts'
import type { SampleColumns } from '../sample-columns.ts'
import type { Rejection } from '../sample.ts'
import type { BoundHit } from '../sources/batch-tally.ts'
import type { TopicPartition } from '../topic-partition.ts'

/** What the parts of a record have in common. */
export interface RecordFacts {
  readonly offset: number
  /** Timestamp in Kafka, epoch ms; -1 without one. */
  readonly timestamp: number
  /** It has no key, so its producer may send the next one of the same host to another partition. */
  readonly isKeyless?: boolean
}

/** Series of a node that are stored. They stay admitted after a start. */
export interface KnownSeries {
  readonly nodeId: string
  readonly names: readonly string[]
}

/** What the parts of a batch gave. */
export interface Assembled {
  readonly columns: SampleColumns
  readonly bounds: readonly BoundHit[]
  /** Nodes whose totals are not made, because their records come from several partitions, or may do so. */
  readonly spread: ReadonlySet<string>
}

/**
 * Makes rows of the parts of records: rates of counters, means, metrics of the house, totals over records, bounds.
 *
 * **Invariant**: rows depend only on the records of their partition, in log order. Where batches end and where a restart
 * happens changes nothing, if `restore` gets the raw values of all rows that are stored. Whether a total is made depends
 * also on the partitions of the topic: none while records of the node come from several, or may do so.
 */
export interface RecordAssembler {
  /**
   * Parts before this time (epoch ms) are too old to be stored: they give rows without rates, for `withoutTooOld`, and
   * leave the counters as they are.
   */
  keptFrom: number
  /** How many partitions a topic has, as the brokers say. */
  partitionsOf: (topic: string) => number
  /** Begins a batch. Ends with `take`. */
  begin(partition: TopicPartition): void
  /** @returns why parts of it are left out: they are from the future */
  add(record: RecordFacts, parts: readonly RecordPart[]): Rejection | undefined
  /** Series that a reader left out of a record. */
  leftOut(list: readonly LeftOut[]): void
  /** The rows of the batch. What the assembler knows of its partition is staged until `commit`. */
  take(): Assembled
  /** The transaction of the batches is committed: of this partition, or of all. */
  commit(partition?: TopicPartition): void
  /** The transaction failed, or the batches are not stored: the assembler is as before them. */
  rollback(partition?: TopicPartition): void
  /**
   * Replaces what is known of the partitions of these rows, and adds the known series of nodes. At start, and when the
   * backend reads a partition again.
   */
  restore(counters: readonly CounterRow[], known?: readonly KnownSeries[]): void
  /** The node is forgotten: its series may be others from now on. Rates of its counters go on. */
  dropNode(nodeId: string): void
}
