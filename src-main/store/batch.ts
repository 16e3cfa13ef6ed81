import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/alert/transition.ts'
import type { Sample } from '#shared/metric/sample.ts'
import type { RejectedRow, StoredPosition } from '#shared/metric/stored.ts'

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
