import type { AcknowledgementKey } from '#shared/alert/acknowledgement.ts'
import type { Acknowledgement, Alert, AlertEvent, AlertNote, NotifiedAs } from '#shared/alert/alert.ts'
import type { AlertAct } from '#shared/alert/alert-act.ts'
import type { AwaySummary } from '#shared/alert/away.ts'
import type { Health } from '#shared/health/health.ts'
import type { HealthReport, IpcReply, RejectedRecordView } from '#shared/ipc/contract.ts'
import type { PartitionView, SourceExample, SourceView } from '#shared/ipc/source-calls.ts'
import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import type { HeldAlert } from '#shared/alert/held.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import type { FieldMapping, TopicMapping } from '#shared/metric/mapping/field-mapping.ts'
import type { Gap } from '#shared/metric/read-position.ts'
import type {
  NotificationKey,
  QueuedNotification,
  ShownNotification,
} from '#shared/notification/queued-notification.ts'
import type { RulesApplied, RulesApply } from '#shared/rest/rules.ts'
import type { OwnAlertSettings } from '#shared/own/own-settings.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import type { SilenceNotice } from '#shared/silence/silence-notices.ts'
import type { StartAt } from '#shared/settings/start-at.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { Retention } from '#shared/retention/retention.ts'
import type { KafkaSettings } from '../../src-kafka/client/kafka-settings.ts'
import type { DataThreadUsage } from './cache-usage.ts'

/** A demo: simulated servers in place of Kafka. The same options give the same records, also after a restart. */
export interface DemoOptions {
  readonly seed: number
  /** Epoch ms. The history of the servers begins an hour before. */
  readonly startedAt: number
}

/** The `workerData` of the data thread. */
export interface DataThreadOptions {
  readonly dataDir: string
  /** An earlier data thread of this process has had the cache open. */
  readonly hasBeenOpen?: boolean
  /** For sentences about its cache. */
  readonly connectionName?: string
  /** Absent: nothing is read, unless this is a demo. */
  readonly kafka?: KafkaSettings
  /** Why nothing is read, without `kafka`: one sentence for the operator. */
  readonly idleReason?: string
  /** Read simulated servers; `kafka` is not used. */
  readonly demo?: DemoOptions
  /** Where a new cache begins to read. */
  readonly startAt: StartAt
  /** User name written into local acknowledgements and rule versions. */
  readonly user: string
  /** Rules of a new console. `without-hold`: the demo shows again and again how alerts end. */
  readonly stockRules: boolean | 'without-hold'
  /** A backend is configured: its rules and alerts are read from Kafka, and actions are queued for it. */
  readonly hasBackend: boolean
  /** Name of the team if several teams use this Kafka. */
  readonly team?: string
  /** How long the cache keeps data. Default: 14 days, 2 GB. */
  readonly retention?: Retention
  /** How topics of their own shape are read, of this computer. Default: none. */
  readonly mappings?: readonly FieldMapping[]
  /** When this console reports about itself. Default: that of the settings. */
  readonly own?: OwnAlertSettings
}

/** Values of the data thread for the Prometheus endpoint, read at scrape time. */
export interface DataThreadCounters {
  readonly messagesByTopic: Readonly<Record<string, number>>
  /** topic -> reject code -> count */
  readonly errorsByTopic: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly partitions: ReadonlyArray<{
    topic: string
    partition: number
    lagMessages: number
    lagSeconds: number | null
  }>
  /** Records of the backend's topics that wait for an upgrade. */
  readonly deferredByTopic: Readonly<Record<string, number>>
  readonly connected: boolean
  /** Whether the screen can be trusted: unless it is `live`, the state of the nodes is unknown. */
  readonly health: Health['kind']
  /** All partitions are read to their end, so that a node without new samples is silent. */
  readonly isReadToEnd: boolean
  readonly transitions: ReadonlyArray<{ severity: string; to: string; count: number }>
  /** Seconds spent evaluating a batch: cumulative histogram, buckets by upper bound. */
  readonly evaluation: {
    readonly bounds: readonly number[]
    readonly counts: readonly number[]
    readonly sum: number
    readonly count: number
  }
  readonly cacheRows: number
  readonly cacheBytes: number
}

/** `alertVersion`, `silenceVersion`: the version of the alert or silence in the backend's answer. */
export type ActionResult =
  | { readonly state: 'done'; readonly alertVersion?: number; readonly silenceVersion?: number }
  | { readonly state: OperatorAction['state']; readonly problem: string }

/** An alert that this console showed, with its severity then, and when: epoch ms, by this computer's clock. */
export interface ShownReport {
  readonly alertId: string
  readonly severity: 'warning' | 'critical'
  readonly at: number
}

export interface ActRequest {
  readonly alertId: string
  readonly act: AlertAct
}

/** The alerts in their new state, and those on which the act was not possible. */
export type ActedOn = IpcReply<'alerts.actOnMany'>

/** Calls that the main thread (and, for `head`, the read thread) makes to the data thread. */
export interface DataCalls {
  'health.report': (request: Record<string, never>) => HealthReport
  'stream.reconnect': (request: Record<string, never>) => void
  /** The computer is about to sleep, or has woken up. Returns the health after that. */
  'power.changed': (request: { isAsleep: boolean }) => HealthReport
  'live.snapshot': (request: Record<string, never>) => { directory: LiveDirectory; frame: LiveFrame }
  /** The newest values of these series, in their order; `null` if unknown. */
  'live.values': (request: { series: ReadonlyArray<{ nodeId: string; metric: string }> }) => Array<number | null>
  /** Live frames per second; 0 turns them off while no window is visible. */
  'live.subscribe': (request: { hz: number }) => void
  'alerts.list': (request: { open: boolean }) => Alert[]
  'alerts.timeline': (request: { id: string }) => AlertEvent[]
  /** With a backend, queues an action for it in the same transaction. */
  'alerts.acknowledge': (request: { id: string; acknowledgement: Acknowledgement }) => Alert
  /** Without a backend. `at`: epoch ms. Rejects with `not-found` for a node that is not in the lists. */
  'nodes.forget': (request: { nodeId: string; by: string; at: number }) => void
  /** Takes back the acknowledgement that `given` names, as `user` at `at`; with a backend, queues that too. */
  'alerts.unacknowledge': (request: { id: string; given: AcknowledgementKey; user: string; at: number }) => Alert
  /** A comment, or to whom the alert was given. */
  'alerts.note': (request: { id: string; note: AlertNote }) => Alert
  /** What one person does to many alerts, in one write. */
  'alerts.act': (request: { acts: ActRequest[] }) => ActedOn
  /** Ids of the alerts that nobody has looked at on this console. */
  'unseen.list': (request: Record<string, never>) => string[]
  'alerts.seen': (request: { ids: string[] } | { all: true }) => void
  /** The screen is locked, or unlocked. */
  'away.lock': (request: { isLocked: boolean }) => void
  /** What fired while nobody could see this console. */
  'away.get': (request: Record<string, never>) => AwaySummary | null
  'away.dismiss': (request: Record<string, never>) => void
  'pending.list': (request: Record<string, never>) => PendingAlert[]
  'held.list': (request: Record<string, never>) => HeldAlert[]
  'rules.list': (request: Record<string, never>) => Rule[]
  'rules.save': (request: { id?: string; version?: number; draft: RuleDraft }) => Rule
  'rules.remove': (request: { id: string; version: number }) => void
  /** Without a backend. All rules or none; with `dryRun`, none. */
  'rules.apply': (request: RulesApply) => RulesApplied
  /** What the page lists, newest first. */
  'silences.list': (request: Record<string, never>) => Silence[]
  /** In effect at once; with a backend, also queued for it. Rejects with `not-found`, or `conflict` for another version. */
  'silences.save': (request: { id?: string; version?: number; draft: SilenceDraft; by: string; at: number }) => Silence
  'silences.expire': (request: { id: string; by: string; at: number }) => Silence
  /** All listed actions, oldest first. */
  'actions.list': (request: Record<string, never>) => OperatorAction[]
  'actions.add': (request: { action: OperatorAction }) => void
  /** `done`: the backend accepted the action, which leaves the list. Otherwise it stays with `state`. */
  'actions.settle': (request: { id: string; outcome: ActionResult }) => void
  'actions.dismiss': (request: { id: string }) => void
  'rejectedRecords.list': (request: { limit: number }) => RejectedRecordView[]
  'gaps.list': (request: { limit: number }) => Gap[]
  /** Rows of Sources. */
  'sources.list': (request: Record<string, never>) => SourceView[]
  /** The newest record of these topics, with how it is read. */
  'sources.example': (request: { topics: readonly string[] }) => SourceExample | undefined
  'partitions.list': (request: Record<string, never>) => PartitionView[]
  /** What the team has for topics, also those that have no mapping any more. Sorted by topic. */
  'mappings.team': (request: Record<string, never>) => TopicMapping[]
  /** Of this computer, instead of those before: in effect at once. */
  'mappings.setOwn': (request: { mappings: readonly FieldMapping[] }) => void
  /** Takes notifications off the queue. `shown`: as `as` says. */
  'notifications.settle': (request: {
    shown: boolean
    as?: NotifiedAs | undefined
    items: readonly NotificationKey[]
  }) => void
  /** A reminder of these alerts was shown. It is a line of their timelines, and takes nothing off the queue. */
  'notifications.reminded': (request: { alertIds: readonly string[] }) => void
  /** With a backend: what was shown here and is not reported to it yet, oldest first. And the id of this console. */
  'shown.list': (request: { limit: number }) => { consoleId: string; reports: ShownReport[] }
  /** The backend has accepted these. */
  'shown.reported': (request: { reports: readonly ShownReport[] }) => void
  /** When this console reports about itself: in force at once. */
  'own.settings': (request: OwnAlertSettings) => void
  /** Since when the backend is unreachable, epoch ms; `null`: it answers, or nobody is to use it. */
  'own.backendAway': (request: { since: number | null }) => void
  'counters.get': (request: Record<string, never>) => DataThreadCounters
  /** In force at once. What is then too old or too much goes in slices. */
  'cache.setRetention': (request: Retention) => void
  'cache.usage': (request: Record<string, never>) => DataThreadUsage
  /** Replies when all free space of the files is given back. Bytes of the files before and after. */
  'cache.compact': (request: Record<string, never>) => Promise<{ before: number; after: number }>
  /** Deletes samples, alerts, rejected records and positions at the next start of the thread. */
  'cache.clear': (request: Record<string, never>) => void
}

/** Events from the data thread. At start, `notifications.queued` repeats the notifications that were not shown. */
export interface DataEvents {
  'live.frame': LiveFrame
  'health.changed': HealthReport
  'alerts.changed': Alert[]
  /** All pending episodes after a change, at most once a second. Sent once at start. */
  'pending.changed': PendingAlert[]
  /** All of them after a change. */
  'unseen.changed': string[]
  'away.changed': AwaySummary | null
  /** All held alerts, in the same way. */
  'held.changed': HeldAlert[]
  'rules.changed': Rule[]
  /** All of `mappings.team` after a change. Sent once at start. */
  'mappings.changed': TopicMapping[]
  /** All of `silences.list` after a change. Sent once at start. */
  'silences.changed': Silence[]
  /** Silences begin and end, each once: for popups. */
  'silences.due': SilenceNotice[]
  /** All listed actions after a change. */
  'actions.changed': OperatorAction[]
  'notifications.queued': QueuedNotification[]
  /** At start, before `notifications.queued`: of each firing alert the newest notification that was shown. */
  'notifications.shown': ShownNotification[]
  /** With a backend: a notification was shown, which is to be reported to it. */
  'shown.changed': { isCritical: boolean }
}
