import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/alert/transition.ts'
import type { Position, Reject, Sample } from '#shared/metric/sample.ts'

/** Where a partition is to be read on, and the fingerprint of the last stored record (a topic that was created again counts anew). */
export interface StoredPosition {
  readonly topic: string
  readonly partition: number
  /** Offset of the next record to read. */
  readonly next: number
  /** Timestamp (epoch ms) and content hash of the record at `next - 1`; `null` before the first one. */
  readonly last: { readonly timestamp: number; readonly hash: string } | null
}

export interface RejectedRow {
  readonly position: Position
  readonly at: number
  readonly reject: Reject
  /** The record's first 1 KB. */
  readonly head: Uint8Array
}

/**
 * All that one batch of records changes. Written in one transaction, so a crash leaves either everything or nothing
 * of it and Kafka delivers the records again from the stored position.
 */
export interface BatchWrite {
  readonly samples: readonly Sample[]
  readonly rejects: readonly RejectedRow[]
  readonly positions: readonly StoredPosition[]
  readonly series: ReadonlyArray<{ readonly nodeId: string; readonly metric: string; readonly state: SeriesState }>
  readonly alerts: readonly Alert[]
  readonly events: readonly AlertEvent[]
  readonly notifications: ReadonlyArray<{ readonly alertId: string; readonly transition: 'opened' | 'escalated' }>
}

/** A batch that changes nothing: what a write starts from. */
export const emptyBatch: BatchWrite = {
  samples: [],
  rejects: [],
  positions: [],
  series: [],
  alerts: [],
  events: [],
  notifications: [],
}
