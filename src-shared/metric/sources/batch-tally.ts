import type { FormatName } from '../formats/format-name.ts'
import type { PassedOver } from '../formats/record-part.ts'

/** Series that are not stored, because there are too many. */
export interface BoundHit {
  readonly bound: 'series-of-node' | 'series-of-topic' | 'metrics-of-record' | 'tag-length' | 'name-length'
  /** How many series of the batch are left out. */
  readonly left: number
  /** The node whose record was the first; the tag with the most values, or the one that is too long. */
  readonly nodeId: string
  readonly tag?: string
}

/** One record of a batch, for the operator to look at. */
export interface ExampleRecord {
  readonly offset: number
  /** Timestamp in Kafka, epoch ms. */
  readonly at: number
  readonly key: Uint8Array | null
  /** At most the first 64 KB of its value, in the memory of the fetch: who keeps it copies it. */
  readonly head: Uint8Array
}

/** What the new records of one partition are. Counted for the operator after they are stored. */
export interface BatchTally {
  readonly topic: string
  readonly partition: number
  /** Records, whatever came of them. */
  readonly records: number
  /** Records with values, by format. */
  readonly formats: ReadonlyMap<FormatName, number>
  /** Records without values that are no errors. */
  readonly passed: ReadonlyMap<PassedOver, number>
  /** A few words about the newest record that is passed over for a reason, newest last: `order_id, customer`. */
  readonly details: ReadonlyMap<PassedOver, string>
  /** The newest record of each format, and of what is passed over. */
  readonly examples: ReadonlyMap<FormatName | 'passed', ExampleRecord>
  readonly bounds: readonly BoundHit[]
  /** Nodes whose totals are not made, because their records come from several partitions. */
  readonly spread: ReadonlySet<string>
}
