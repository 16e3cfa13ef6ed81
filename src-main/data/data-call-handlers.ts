import type { Alert } from '#shared/alert/alert.ts'
import type { Silence } from '#shared/silence/silence.ts'
import type { ConsoleStore } from '../store/console-store.ts'
import type { DataCalls, DataEvents, DataThreadCounters } from '../threads/data-calls.ts'
import type { ThreadHandlers } from '../threads/protocol.ts'
import type { SeenAlerts } from './alerts/seen-alerts.ts'
import type { PendingAlerts } from './alerts/pending-alerts.ts'
import type { Silences } from './alerts/silences.ts'
import type { OwnAlerts } from './alerts/own-alerts.ts'
import type { OperatorActions } from './alerts/operator-actions.ts'
import type { IngestPipeline } from './ingest/ingest-pipeline.ts'
import { CallError } from '../threads/call-error.ts'
import type { HealthMonitor } from './live/health-monitor.ts'
import { sourceExample } from './live/source-example.ts'
import type { LiveFrames } from './live/live-frames.ts'
import type { LiveValues } from './live/live-values.ts'
import type { TopicMappings } from './ingest/topic-mappings.ts'
import type { PartitionPositions } from './ingest/partition-positions.ts'
import type { ConsoleRules } from './alerts/console-rules.ts'
import type { CacheMaintenance } from './cache-maintenance.ts'
import type { CacheRetention } from './cache-retention.ts'
import type { StorageMonitor } from './storage-monitor.ts'
import type { RunCounters } from './live/run-counters.ts'

/** Nodes on the page Data. */
const largestNodes = 5

export interface DataCallDeps {
  readonly store: ConsoleStore
  readonly actions: OperatorActions
  readonly rules: ConsoleRules
  readonly silences: Silences
  readonly live: LiveValues
  readonly pending: PendingAlerts
  readonly seen: SeenAlerts
  readonly frames: LiveFrames
  readonly health: HealthMonitor
  readonly partitions: PartitionPositions
  readonly counters: RunCounters
  readonly storage: StorageMonitor
  readonly mappings: Pick<TopicMappings, 'team' | 'index'>
  readonly own: Pick<OwnAlerts, 'set' | 'backendAway'>
  /** A backend is configured. */
  readonly hasBackend: boolean
  readonly now: () => number
  readonly emit: <K extends keyof DataEvents>(event: K, payload: DataEvents[K]) => void
  readonly retry: () => void
  /** The computer is about to sleep, or has woken up. */
  readonly power: (isAsleep: boolean) => void
  readonly ingest: Pick<IngestPipeline, 'forget' | 'useOwnMappings'>
  readonly retention: CacheRetention
  readonly maintenance: Pick<CacheMaintenance, 'compact' | 'compactedAt'>
}

/** The calls that other threads make to the data thread. */
export function dataCallHandlers(deps: DataCallDeps): ThreadHandlers<DataCalls> {
  const { store, live, health, storage, now } = deps
  return {
    'health.report': () => health.report(now()),
    'stream.reconnect': () => deps.retry(),
    'power.changed': ({ isAsleep }) => {
      deps.power(isAsleep)
      return health.report(now())
    },
    'live.snapshot': () => live.snapshot(),
    'live.values': ({ series }) => series.map(({ nodeId, metric }) => knownOrNull(live.valueOf(nodeId, metric))),
    'live.subscribe': ({ hz }) => deps.frames.subscribe(hz),
    ...alertCalls(deps),
    'unseen.list': () => deps.seen.unseen.ids(),
    ...awayCalls(deps),
    'nodes.forget': (node) => {
      if (!live.has(node.nodeId)) throw new CallError('not-found', 'This node is not in the list any more.')
      storage.reply(() => deps.ingest.forget(node))
    },
    'pending.list': () => deps.pending.list(),
    'held.list': () => deps.pending.held(),
    ...ruleCalls(deps),
    ...silenceCalls(deps),
    ...actionCalls(deps),
    'rejectedRecords.list': ({ limit }) => store.rejectedRecords(limit),
    'gaps.list': ({ limit }) => store.gaps(limit),
    ...sourceCalls(deps),
    'mappings.team': () => deps.mappings.team(),
    'mappings.setOwn': ({ mappings }) => deps.ingest.useOwnMappings(mappings),
    ...notificationCalls(deps),
    'own.settings': (settings) => deps.own.set(settings),
    'own.backendAway': ({ since }) => deps.own.backendAway(since),
    'counters.get': () => metricsOf(deps),
    ...cacheCalls(deps),
  }
}

/** How a console with a backend says what it showed: see `Heartbeat` of the main thread. */
function notificationCalls({
  store,
  storage,
  hasBackend,
  now,
  emit,
}: DataCallDeps): CallsOf<'notifications' | 'shown'> {
  return {
    'notifications.settle': ({ items, shown, as }) => {
      const how = { shown, at: now(), as, isReported: hasBackend }
      const reports = storage.reply(() => store.alerts.settleNotifications(items, how))
      if (reports.length === 0) return
      emit('shown.changed', { isCritical: reports.some(({ severity }) => severity === 'critical') })
    },
    'notifications.reminded': ({ alertIds }) => storage.reply(() => store.alerts.addReminders(alertIds, now())),
    'shown.list': ({ limit }) => ({
      consoleId: store.meta.installationId(),
      reports: store.alerts.shownReports(limit),
    }),
    'shown.reported': ({ reports }) => storage.reply(() => store.alerts.reported(reports)),
  }
}

type CallsOf<Group extends string> = Pick<ThreadHandlers<DataCalls>, Extract<keyof DataCalls, `${Group}.${string}`>>

function alertCalls({
  store,
  actions,
  storage,
  hasBackend,
  emit,
  seen: { unseen, away },
}: DataCallDeps): CallsOf<'alerts'> {
  const changed = (alerts: Alert[]): void => {
    if (alerts.length === 0) return
    emit('alerts.changed', alerts)
    unseen.changed()
    away.alertsChanged()
    if (hasBackend) emit('actions.changed', actions.list())
  }
  const one = (work: () => Alert): Alert => {
    const alert = storage.reply(work)
    changed([alert])
    return alert
  }
  return {
    'alerts.list': (filter) => store.alerts.list(filter),
    'alerts.timeline': ({ id }) => store.alerts.timeline(id),
    'alerts.acknowledge': ({ id, acknowledgement }) => one(() => actions.acknowledge(id, acknowledgement)),
    'alerts.unacknowledge': ({ id, given, user, at }) => one(() => actions.unacknowledge(id, given, { user, at })),
    'alerts.seen': (looked) => {
      storage.reply(() => unseen.see(looked))
      unseen.changed()
    },
    'alerts.note': ({ id, note }) => one(() => actions.note(id, note)),
    'alerts.act': ({ acts }) => {
      const result = storage.reply(() => actions.act(acts))
      changed(result.alerts)
      return result
    },
  }
}

function awayCalls({ seen: { away }, storage }: DataCallDeps): CallsOf<'away'> {
  return {
    'away.lock': ({ isLocked }) => storage.reply(() => away.lock(isLocked)),
    'away.get': () => away.summary() ?? null,
    'away.dismiss': () => storage.reply(() => away.dismiss()),
  }
}

function ruleCalls({ rules, storage, emit }: DataCallDeps): CallsOf<'rules'> {
  return {
    'rules.list': () => [...rules.index.current()],
    'rules.save': (request) => {
      const rule = storage.reply(() => rules.save(request))
      emit('rules.changed', [rule])
      return rule
    },
    'rules.remove': (request) => {
      const rule = storage.reply(() => rules.remove(request))
      emit('rules.changed', [rule])
    },
    'rules.apply': (request) => {
      const { applied, changed } = storage.reply(() => rules.apply(request))
      if (changed.length > 0) emit('rules.changed', changed)
      return applied
    },
  }
}

function silenceCalls({ silences, actions, hasBackend, storage, emit }: DataCallDeps): CallsOf<'silences'> {
  const changed = (change: () => Silence): Silence => {
    const silence = storage.reply(change)
    emit('silences.changed', silences.list())
    if (hasBackend) emit('actions.changed', actions.list())
    return silence
  }
  return {
    'silences.list': () => silences.list(),
    'silences.save': (request) => changed(() => silences.save(request)),
    'silences.expire': (request) => changed(() => silences.expire(request)),
  }
}

function actionCalls({ actions, silences, storage, emit }: DataCallDeps): CallsOf<'actions'> {
  return {
    'actions.list': () => actions.list(),
    'actions.add': ({ action }) => {
      storage.reply(() => actions.add(action))
      emit('actions.changed', actions.list())
    },
    'actions.settle': ({ id, outcome }) => {
      const alert = storage.reply(() => actions.settle(id, outcome))
      if (alert) emit('alerts.changed', [alert])
      // What was refused does not count any more.
      if (silences.refresh()) emit('silences.changed', silences.list())
      emit('actions.changed', actions.list())
    },
    'actions.dismiss': ({ id }) => {
      storage.reply(() => actions.dismiss(id))
      emit('actions.changed', actions.list())
    },
  }
}

function sourceCalls({ counters, mappings, now }: DataCallDeps): CallsOf<'sources' | 'partitions'> {
  return {
    'sources.list': () => counters.sources?.sources(now()) ?? [],
    'sources.example': ({ topics }) => {
      const example = counters.sources?.example(topics)
      return example && sourceExample(example, mappings.index)
    },
    'partitions.list': () => counters.sources?.partitions(now()) ?? [],
  }
}

function cacheCalls({ store, storage, retention, maintenance }: DataCallDeps): CallsOf<'cache'> {
  return {
    'cache.setRetention': (limits) => retention.set(limits),
    'cache.usage': () => ({
      ...store.usage(largestNodes),
      limits: retention.limits,
      compactedAt: maintenance.compactedAt,
    }),
    'cache.compact': async () => {
      try {
        return await maintenance.compact()
      } catch (error) {
        return storage.reply(() => {
          throw error
        })
      }
    },
    'cache.clear': () => storage.reply(() => store.clearAtNextStart()),
  }
}

function metricsOf({ store, counters, partitions, health, now }: DataCallDeps): DataThreadCounters {
  const { diskBytes, samples } = health.stats(now())
  return {
    ...counters.report(),
    partitions: partitions.lags(now()),
    deferredByTopic: Object.fromEntries(store.team.deferredCounts().map(({ topic, count }) => [topic, count])),
    connected: health.isConnected,
    health: health.health(now()).kind,
    isReadToEnd: !partitions.isInBacklog,
    cacheRows: samples,
    cacheBytes: diskBytes,
  }
}

function knownOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
