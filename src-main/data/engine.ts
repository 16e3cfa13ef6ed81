import { offlineNodes } from '#shared/alert/inhibit.ts'
import type { Log } from '#shared/log.ts'
import { stockRules, stockRulesWithoutHold } from '#shared/rule/stock-rules.ts'
import { teamTopicKind, teamTopics, type TeamTopics } from '#shared/team/team-topics.ts'
import type { StreamHandlers } from '../../src-kafka/stream.ts'
import type { ConsoleStore } from '../store/console-store.ts'
import type { StoreNotice } from '../store/store-types.ts'
import type { DataCalls, DataEvents, DataThreadOptions } from '../threads/data-calls.ts'
import type { ThreadHandlers } from '../threads/protocol.ts'
import { BackendInbox } from './alerts/backend-inbox.ts'
import { ConsoleRules } from './alerts/console-rules.ts'
import { PendingAlerts } from './alerts/pending-alerts.ts'
import { DueAlerts } from './alerts/due-alerts.ts'
import { SilenceNotices } from './alerts/silence-notices.ts'
import type { Silences } from './alerts/silences.ts'
import { OwnAlerts } from './alerts/own-alerts.ts'
import { OperatorActions } from './alerts/operator-actions.ts'
import { SeenAlerts } from './alerts/seen-alerts.ts'
import type { SeriesEvaluator } from './alerts/series-evaluator.ts'
import { CacheMaintenance } from './cache-maintenance.ts'
import { CacheRetention } from './cache-retention.ts'
import { dataCallHandlers } from './data-call-handlers.ts'
import { EngineClock } from './engine-clock.ts'
import { FirstStart } from './ingest/first-start.ts'
import { deferredNotices } from './ingest/deferred-notices.ts'
import { IngestPipeline } from './ingest/ingest-pipeline.ts'
import type { IngestResult } from './ingest/ingest-result.ts'
import type { TopicMappings } from './ingest/topic-mappings.ts'
import { PartitionPositions } from './ingest/partition-positions.ts'
import { BlindRecorder } from './live/blind-recorder.ts'
import { BrokerClock } from './live/broker-clock.ts'
import { HealthMonitor, type HealthMonitorDeps } from './live/health-monitor.ts'
import { LiveFrames } from './live/live-frames.ts'
import type { LiveValues } from './live/live-values.ts'
import { NodeClocks } from './live/node-clocks.ts'
import { RunCounters } from './live/run-counters.ts'
import { sourceStats } from './live/source-stats.ts'
import { StorageMonitor } from './storage-monitor.ts'
import { newestIn, valuesIn } from './live/stored-columns.ts'
import { newestOf, storedState, storedValues } from './stored-state.ts'
import { streamHandlers } from './stream-handlers.ts'

export interface EngineDeps {
  readonly store: ConsoleStore
  /** Notices of the opening of the store. */
  readonly notices: readonly StoreNotice[]
  readonly options: Pick<
    DataThreadOptions,
    'user' | 'stockRules' | 'hasBackend' | 'team' | 'startAt' | 'retention' | 'mappings' | 'own'
  > & {
    readonly topicPattern: string
  }
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
  readonly emit: <K extends keyof DataEvents>(
    event: K,
    payload: DataEvents[K],
    transfer?: readonly ArrayBuffer[],
  ) => void
  /** Makes the stream connect immediately. */
  readonly retry: () => void
  /** Makes the stream discard its connections, and connect immediately. */
  readonly reconnect: () => void
  /** Called once a second. */
  readonly network?: { readonly tick: () => void }
  /** Stops this thread with the error: the store can no longer be trusted. */
  readonly fatal: (error: unknown) => void
}

/**
 * The logic of the data thread, independent of the Kafka client. The stream calls `handlers`, other threads call
 * `calls`, and `deps.emit` publishes changes. **Invariant**: single-threaded and synchronous. Between two calls,
 * memory matches the last committed transaction.
 */
export class Engine {
  readonly handlers: StreamHandlers
  readonly calls: ThreadHandlers<DataCalls>
  readonly #deps: EngineDeps
  readonly #evaluator: SeriesEvaluator
  readonly #live: LiveValues
  readonly #nodeClocks = new NodeClocks()
  readonly #brokerClock = new BrokerClock()
  readonly #partitions: PartitionPositions
  readonly #frames: LiveFrames
  readonly #rules: ConsoleRules
  readonly #health: HealthMonitor
  readonly #ingest: IngestPipeline
  readonly #storage: StorageMonitor
  readonly #clock: EngineClock
  readonly #pending: PendingAlerts
  readonly #seen: SeenAlerts
  readonly #maintenance: CacheMaintenance
  readonly #silences: Silences
  readonly #mappings: TopicMappings
  readonly #own: OwnAlerts

  constructor(deps: EngineDeps) {
    const { store, options, log, now, emit } = deps
    const { hasBackend, user, team } = options
    const topics = teamTopics(team)
    const { latest, parts, forgotten, silences, mappings, evaluator } = storedState(store, deps)
    const partitions = (this.#partitions = new PartitionPositions(store.positions(), store.team.partitionStarts()))
    const counters = new RunCounters(sourceStats(partitions, options))
    this.#deps = deps
    this.#evaluator = evaluator
    this.#silences = silences
    this.#mappings = mappings
    const live = (this.#live = storedValues(store, [latest, parts]))
    const frames = (this.#frames = new LiveFrames(live, (frame, transfer) => emit('live.frame', frame, transfer)))
    const changed = (problem: string | undefined): void => this.#storageChanged(problem)
    const storage = (this.#storage = new StorageMonitor({ changed, fatal: deps.fatal, now }))
    const health = (this.#health = this.#healthMonitor({
      partitions,
      counters,
      newestEventAt: newestOf(latest, now()),
    }))
    const rules = (this.#rules = new ConsoleRules({ store, hasBackend, user, now, nodeIds: () => live.nodeIds() }))
    const retention = new CacheRetention(options.retention)
    const stored = { store, evaluator, rules, forgotten, silences, mappings, partitions, retention, now }
    const ingest = (this.#ingest = new IngestPipeline({
      ...stored,
      inbox: new BackendInbox(stored),
      counters,
      topics,
      log,
      publishStored: (stored) => this.#publishStored(stored),
    }))
    const pending = (this.#pending = new PendingAlerts({ evaluator, rules, live, now, emit }))
    const maintenance = (this.#maintenance = new CacheMaintenance({ store, retention, log, now }))
    const seen = (this.#seen = new SeenAlerts({ store, alerts: evaluator.alerts, silences, now, emit }))
    const own = (this.#own = new OwnAlerts({ ...stored, ingest, health, counters, settings: options.own }))
    this.#clock = this.#engineClock()
    this.handlers = this.#streamHandlers(topics)
    this.calls = dataCallHandlers({
      ...stored,
      actions: new OperatorActions({ ...stored, alerts: evaluator.alerts, hasBackend }),
      seen,
      hasBackend,
      live,
      pending,
      frames,
      health,
      counters,
      storage,
      own,
      ingest,
      emit,
      retry: deps.retry,
      power: (isAsleep) => (isAsleep ? this.#clock.suspend() : this.#clock.resume()),
      maintenance,
    })
  }

  /** Publishes queued notifications and pending episodes, and starts the clock. Call it before the stream starts. */
  start(): void {
    const { options, store, emit, log } = this.#deps
    store.rows.onUnread(({ table, unread }) => log.warn('a row of the cache was left out', { table, ...unread }))
    if (options.hasBackend) this.#storage.write(() => this.#ingest.useTeam(options.team ?? ''))
    const deferred = options.hasBackend ? store.team.deferredRecords() : []
    if (deferred.length > 0) this.#storage.write(() => this.#ingest.deferred(deferred))
    if (options.stockRules !== false) {
      const stock = options.stockRules === 'without-hold' ? stockRulesWithoutHold(0) : stockRules(0)
      this.#storage.write(() => this.#rules.addStockRules(stock))
    }
    // Before what is queued: a silence decides about it.
    emit('silences.changed', this.#silences.list())
    emit('mappings.changed', this.#mappings.team())
    const shown = store.alerts.shownNotifications()
    if (shown.length > 0) emit('notifications.shown', shown)
    const queued = store.alerts.queuedNotifications()
    if (queued.length > 0) emit('notifications.queued', queued)
    this.#clock.start()
    this.#pending.tick()
    this.#publishHealth()
  }

  /** No window shows live values. */
  get isUnseen(): boolean {
    return !this.#frames.isSubscribed
  }

  stop(): void {
    this.#clock.stop()
    this.#frames.subscribe(0)
  }

  /** Once a second: missing data, pending episodes, cache maintenance, health. */
  tick(): void {
    this.#clock.tick()
  }

  #engineClock(): EngineClock {
    const { store, emit, log, now, reconnect, network } = this.#deps
    return new EngineClock({
      ingest: this.#ingest,
      evaluator: this.#evaluator,
      partitions: this.#partitions,
      health: this.#health,
      blind: new BlindRecorder({ store: store.blind, hasSamples: () => this.#health.hasSamples }),
      storage: this.#storage,
      maintenance: this.#maintenance,
      pending: this.#pending,
      dueAlerts: this.#dueAlerts(),
      notices: new SilenceNotices({ store, storage: this.#storage, silences: this.#silences, emit }),
      away: this.#seen.away,
      own: this.#own,
      nodeClocks: this.#nodeClocks,
      brokerClock: this.#brokerClock,
      reconnect,
      network,
      log,
      now,
      publishHealth: () => this.#publishHealth(),
    })
  }

  #dueAlerts(): DueAlerts {
    const silenced = this.#deps.store.alerts.silenced()
    return new DueAlerts({ alerts: this.#evaluator.alerts, silences: this.#silences, silenced })
  }

  #streamHandlers(topics: TeamTopics): StreamHandlers {
    const { store, options, log, now } = this.#deps
    const partitions = this.#partitions
    const isTeamTopic = (topic: string): boolean => teamTopicKind(topics, topic) !== undefined
    return streamHandlers({
      ingest: this.#ingest,
      firstStart: new FirstStart({ store, partitions, ...options, isTeamTopic, now }),
      brokerClock: this.#brokerClock,
      partitions,
      health: this.#health,
      storage: this.#storage,
      topics,
      log,
      now,
      publishHealth: () => this.#publishHealth(),
    })
  }

  #healthMonitor(deps: Pick<HealthMonitorDeps, 'partitions' | 'counters' | 'newestEventAt'>): HealthMonitor {
    const { store, options, now } = this.#deps
    return new HealthMonitor({
      ...deps,
      startedAt: now(),
      pattern: options.topicPattern,
      notices: () => this.#notices(),
      stats: () => store.stats(),
      storageProblem: () => this.#storage.problem,
      frame: () => this.#live.seq,
      silentNodes: (at) => this.#live.silent(at, offlineNodes(this.#evaluator.alerts.open())),
    })
  }

  #publishStored({
    samples,
    alerts,
    queued,
    rules,
    forgotten,
    hasSilenceChanges,
    hasMappingChanges,
    hasActionChanges,
  }: IngestResult): void {
    const { store, now, emit } = this.#deps
    for (const nodeId of forgotten) this.#live.remove(nodeId)
    let values = 0
    let newestAt = 0
    for (const { columns } of samples) {
      this.#live.apply(columns)
      this.#nodeClocks.stored(columns, now(), this.#partitions.isInBacklog)
      this.#brokerClock.stored(columns, now(), this.#partitions.isInBacklog)
      values += valuesIn(columns)
      newestAt = Math.max(newestAt, newestIn(columns, now()))
    }
    if (values > 0) this.#health.stored(values, newestAt, now())
    if (rules.length > 0) emit('rules.changed', [...rules])
    if (hasSilenceChanges) emit('silences.changed', this.#silences.list())
    if (hasMappingChanges) emit('mappings.changed', this.#mappings.team())
    if (alerts.length > 0) {
      emit('alerts.changed', [...alerts])
      this.#seen.alertsChanged()
    }
    if (queued.length > 0) emit('notifications.queued', [...queued])
    if (hasActionChanges) emit('actions.changed', store.team.actions())
    if (values > 0 || forgotten.length > 0) this.#frames.changed()
  }

  #publishHealth(): void {
    const report = this.#health.report(this.#deps.now())
    if (this.#health.hasChanged(report) || this.#frames.isSubscribed) this.#deps.emit('health.changed', report)
  }

  #notices(): StoreNotice[] {
    const { notices, store, options } = this.#deps
    const deferred = options.hasBackend ? deferredNotices(store) : []
    const now = this.#deps.now()
    const skew = this.#brokerClock.notices(now)
    const clocks = [...skew, ...this.#nodeClocks.notices(now, this.#live.nodeCount, skew.length > 0)]
    return [
      ...notices,
      ...store.rows.notices(),
      ...this.#maintenance.notices(),
      ...this.#ingest.notices(),
      ...deferred,
      ...clocks,
    ]
  }

  #storageChanged(problem: string | undefined): void {
    if (problem === undefined) this.#deps.log.info('cache is writable again')
    else this.#deps.log.error('cache is not writable', { problem })
    this.#publishHealth()
  }
}
