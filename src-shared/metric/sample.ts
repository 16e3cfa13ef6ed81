import type { TopicPartition } from './topic-partition.ts'

/** Record position in Kafka. Offsets are safe integers: 2^53 records in one partition are out of reach. */
export interface RecordPosition extends TopicPartition {
  readonly offset: number
}

/** One decoded message: values of a node at one event time. `names[i]` belongs to `values[i]`. */
export interface Sample {
  readonly nodeId: string
  readonly nodeName: string
  /** Event time, epoch ms; finer fractions are cut. */
  readonly at: number
  readonly names: readonly string[]
  readonly values: readonly number[]
  /** Unit by metric name, if the producer sends one. */
  readonly units?: Readonly<Record<string, string>>
}

/**
 * Why a record was rejected. The code is a Prometheus label, so the list is closed. `bad-metric`: only some of its
 * metrics were.
 */
export type RejectionCode =
  | 'tombstone'
  | 'empty'
  | 'too-large'
  | 'not-utf8'
  | 'not-json'
  | 'wrong-shape'
  | 'bad-text'
  | 'bad-metric'
  | 'bad-timestamp'
  | 'future-timestamp'
  | 'too-old'
  | 'bad-codec'
  | 'not-stored'

/** `reason` is one sentence for the operator: path, what was expected, what was found. */
export interface Rejection {
  readonly code: RejectionCode
  readonly reason: string
}

/** `refused`: metrics of the sample that are left out, because their values are no numbers. */
export type Decoded =
  | { readonly ok: true; readonly sample: Sample; readonly refused?: Rejection }
  | { readonly ok: false; readonly reject: Rejection }
