import type { RecordPosition } from '../metric/sample.ts'

export { wholeNode } from '../rule/rule.ts'

export interface Series {
  readonly nodeId: string
  readonly nodeName: string
  readonly metric: string
}

/** One value of one series, with its record position. */
export interface Reading {
  readonly at: number
  readonly value: number
  readonly position: RecordPosition
  /** Timestamp of the record in Kafka, epoch ms; absent or -1 without one. */
  readonly recordedAt?: number
  /** The part of its node that the record is of; absent: none. */
  readonly part?: string
}

/** First record of an episode; the alert id is derived from it. Plain data, stored as JSON. */
export interface Anchor {
  readonly at: number
  readonly position: RecordPosition
}

export interface RuleRef {
  readonly id: string
  readonly version: number
}
