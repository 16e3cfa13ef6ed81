import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { NotificationKey } from '#shared/notification/queued-notification.ts'
import type { RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
import type { MappingWrite } from './groups/mapping-store.ts'
import type { SilenceWrite } from './groups/silence-store.ts'
import type { DeferredRecord } from './tables/deferred-record-table.ts'
import type { TeamTopicKind } from '#shared/team/team-topics.ts'
import type { OfficialAlert } from './tables/official-alert-table.ts'

/**
 * Everything that one batch of records changes, written in one transaction. After a crash the cache has all of it or
 * nothing, and Kafka delivers the records again from the stored position.
 */
export interface BatchWrite {
  /** In the order in which they were evaluated. */
  readonly samples: readonly SampleBatch[]
  readonly rejects: readonly RejectedRecord[]
  readonly positions: readonly ReadPosition[]
  /**
   * Series whose state changed otherwise than by a newer `last`: new ones, and those with another rule, episode, no-data
   * state or flag. The `last` of all others follows from `samples`: the greatest event time, of equal ones the later.
   * Of the nodes in `setBack`, all series.
   */
  readonly series: readonly SeriesWrite[]
  /** Ids of the nodes whose clocks were set back in this batch: the `last` of a series is now an earlier one. */
  readonly setBack: readonly string[]
  readonly alerts: readonly Alert[]
  readonly events: readonly AlertEvent[]
  /** `settled` and `resolved` are queued only for alerts with another notification, shown or queued. */
  readonly queuedNotifications: readonly NotificationKey[]
  /** Alerts that had resolved, and fire again under their ids. */
  readonly firedAgain: readonly string[]
  /** Alerts that became critical after they were acknowledged as warnings: the acknowledgement no longer counts. */
  readonly superseded: readonly string[]
  readonly team?: TeamWrite
  readonly forgottenNodes: readonly ForgottenNode[]
  readonly silences: SilenceWrite
  readonly mappings: MappingWrite
  /** First record of each partition that this console reads for the first time. */
  readonly partitionStarts: readonly RecordPosition[]
}

/** The evaluation state of one series, of a node (metric `wholeNode`), or of a part of it. */
export interface SeriesWrite {
  readonly nodeId: string
  readonly metric: string
  /**
   * With the metric `wholeNode`: the state is that of this part of the node. Its `last` and `steps` follow from the
   * samples of the part, as those of the node follow from all. Absent: of the node.
   */
  readonly part?: string
  readonly state: SeriesState
}

/** What records of the backend's topics change, apart from alerts, timelines and notifications. */
export interface TeamWrite {
  readonly rules: readonly Rule[]
  readonly officialAlerts: readonly OfficialAlert[]
  /** Alerts whose records the backend deleted: their published versions no longer count. */
  readonly deletedAlertIds: readonly string[]
  /** Alerts to withdraw. A replacement takes over their acknowledgements, notifications and actions. */
  readonly withdrawals: ReadonlyArray<{ readonly alertId: string; readonly replacedBy?: string }>
  /** Alerts whose record shows the result of an acknowledgement: actions that were sent for them are done. */
  readonly confirmedAlertIds: readonly string[]
  /** Alerts that another user acknowledged: their queued notifications are dropped. */
  readonly cancelledNotifications: readonly string[]
  /** Applied in this order. */
  readonly deferrals: readonly Deferral[]
  /** Another team or another database: deletes what the previous one published and refuses actions queued for it. */
  readonly startOver?: StartOver
}

export interface StartOver {
  readonly about: TeamTopicKind
  /** Database id; empty when it is not known yet. */
  readonly database: string
  /** Topic of the previous team, whose position is deleted, too. */
  readonly topic?: string
}

/** `keep`: the record waits for an upgrade. `settle`: records up to `version` no longer wait; null for all versions. */
export type Deferral =
  | { readonly kind: 'keep'; readonly record: DeferredRecord }
  | { readonly kind: 'settle'; readonly about: TeamTopicKind; readonly key: string; readonly version: number | null }

/** Nothing that the backend said. */
export const emptyTeamWrite: TeamWrite = {
  rules: [],
  officialAlerts: [],
  deletedAlertIds: [],
  withdrawals: [],
  confirmedAlertIds: [],
  cancelledNotifications: [],
  deferrals: [],
}

/** A batch that changes nothing. */
export const emptyBatch: BatchWrite = {
  samples: [],
  rejects: [],
  positions: [],
  series: [],
  setBack: [],
  alerts: [],
  events: [],
  queuedNotifications: [],
  firedAgain: [],
  superseded: [],
  forgottenNodes: [],
  silences: { records: [], deleted: [] },
  mappings: { records: [], deleted: [] },
  partitionStarts: [],
}
