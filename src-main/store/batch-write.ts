import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { RecordPosition, Sample } from '#shared/metric/sample.ts'
import type { RejectedRow, ReadPosition } from '#shared/metric/read-position.ts'
import type { Rule } from '#shared/rule/rule.ts'
import type { DeferredRecord } from './tables/deferred-record-table.ts'
import type { TeamTopicKind } from '#shared/sync/team-topics.ts'
import type { OfficialAlert } from './tables/team-rule-table.ts'

/**
 * All that one batch of records changes. Written in one transaction, so a crash leaves either everything or nothing
 * of it and Kafka delivers the records again from the stored position.
 */
export interface BatchWrite {
  readonly samples: readonly Sample[]
  readonly rejects: readonly RejectedRow[]
  readonly positions: readonly ReadPosition[]
  readonly series: ReadonlyArray<{ readonly nodeId: string; readonly metric: string; readonly state: SeriesState }>
  readonly alerts: readonly Alert[]
  readonly events: readonly AlertEvent[]
  readonly queuedNotifications: ReadonlyArray<{ readonly alertId: string; readonly transition: 'opened' | 'escalated' }>
  /** Alerts that have become worse than what was acknowledged of them. */
  readonly superseded: readonly string[]
  readonly team?: TeamWrite
  /** First record of a partition that was never read before. */
  readonly partitionStart?: RecordPosition
}

/** What the backend's own topics change, beside alerts, timeline and notifications. */
export interface TeamWrite {
  readonly rules: readonly Rule[]
  readonly officialAlerts: readonly OfficialAlert[]
  /** Alerts that the backend has forgotten: what it told of them counts no more. */
  readonly deletedAlertIds: readonly string[]
  /** Alerts that leave the house; where there is an heir, it takes over what was done to them. */
  readonly withdrawals: ReadonlyArray<{ readonly alertId: string; readonly replacedBy?: string }>
  /** Alerts of which the backend has told what came of an acknowledgement. */
  readonly confirmedAlertIds: readonly string[]
  /** Alerts that somebody else has taken on: the operator is owed no word of them any more. */
  readonly cancelledNotifications: readonly string[]
  /** In this order. */
  readonly deferrals: readonly Deferral[]
  /** Another team or another database: what the one before published is forgotten, and nothing is sent to it. */
  readonly startOver?: StartOver
}

export interface StartOver {
  readonly about: TeamTopicKind
  /** Empty: not known yet. */
  readonly database: string
  /** Of the team before: its position is forgotten, too. */
  readonly topic?: string
}

/** A record waits for an upgrade, or what it says is known by now. `version` null: whatever it was. */
export type Deferral =
  | { readonly kind: 'keep'; readonly record: DeferredRecord }
  | { readonly kind: 'settle'; readonly about: TeamTopicKind; readonly key: string; readonly version: number | null }

/** A batch that changes nothing: what a write starts from. */
export const emptyBatch: BatchWrite = {
  samples: [],
  rejects: [],
  positions: [],
  series: [],
  alerts: [],
  events: [],
  queuedNotifications: [],
  superseded: [],
}
