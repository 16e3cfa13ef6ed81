import type { RecordPosition } from '../metric/sample.ts'

export interface Series {
  readonly nodeId: string
  readonly nodeName: string
  readonly metric: string
}

/** One value of one series, at its place in the stream. */
export interface Reading {
  readonly at: number
  readonly value: number
  readonly position: RecordPosition
}

/** First record of an episode: what its alert id is made of. Plain data, stored as JSON. */
export interface Anchor {
  readonly at: number
  readonly position: RecordPosition
}

export interface RuleRef {
  readonly id: string
  readonly version: number
}
