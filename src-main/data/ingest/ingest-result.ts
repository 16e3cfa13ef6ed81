import type { Alert } from '#shared/alert/alert.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { Rule } from '#shared/rule/rule.ts'

/** The changes of one transaction, for publishing after the commit. */
export interface IngestResult {
  readonly samples: readonly SampleBatch[]
  readonly alerts: readonly Alert[]
  readonly queued: readonly QueuedNotification[]
  /** Rules changed by the backend. */
  readonly rules: readonly Rule[]
  /** Nodes that left the lists. */
  readonly forgotten: readonly string[]
  /** What is in effect of silences changed. */
  readonly hasSilenceChanges: boolean
  /** What the team has for a topic changed. */
  readonly hasMappingChanges: boolean
  /** Actions were reassigned to another alert, superseded or refused. */
  readonly hasActionChanges: boolean
}
