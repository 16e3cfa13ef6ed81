import type { LiveFrame } from '#shared/ipc/live-frame.ts'
import type { ConsoleStore } from '../store/console-store.ts'
import type { LatestNode, StoreNotice } from '../store/store-types.ts'
import type { DataCalls, DataEvents, DataThreadOptions } from '../threads/data-calls.ts'
import { neededVersion } from '#shared/codec/needs.ts'
import type { Log } from '#shared/log.ts'
import type { ThreadHandlers } from '../threads/protocol.ts'
import { OperatorActions } from './alerts/operator-actions.ts'
import { dataCallHandlers } from './data-call-handlers.ts'
import { SeriesEvaluator } from './alerts/series-evaluator.ts'
import { HealthMonitor } from './live/health-monitor.ts'
import { IngestPipeline } from './ingest/ingest-pipeline.ts'
import type { IngestResult } from './ingest/ingest-pipeline.ts'
import { LiveValues } from './live/live-values.ts'
import { CacheMaintenance } from './cache-maintenance.ts'
import { PartitionPositions } from './ingest/partition-positions.ts'
import { ConsoleRules } from './alerts/console-rules.ts'
import { BackendInbox } from './alerts/backend-inbox.ts'
import { StorageMonitor } from './storage-monitor.ts'
import { teamTopicKind, type TeamTopicKind, teamTopics } from '#shared/sync/team-topics.ts'
import type { StreamHandlers } from '../../src-kafka/stream.ts'
import { RunCounters } from './live/run-counters.ts'

const tickMs = 1000
/** A tick that comes later than this means that the machine slept. */
const sleptMs = 10_000

export interface EngineDeps {
  readonly store: ConsoleStore
  readonly notices: readonly StoreNotice[]
  readonly options: Pick<DataThreadOptions, 'user' | 'stockRules' | 'hasBackend' | 'team'> & {
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
  /** Asks the stream to connect at once. */
  readonly retry: () => void
  /** Ends this thread by the error: the store cannot be trusted any more. */
  readonly fatal: (error: unknown) => void
}

/**
 * What the data thread does with records, whatever Kafka client they come from: `handlers` is what a stream needs,
 * `calls` what other threads may ask, `deps.emit` what they are told. Single-threaded and synchronous: between two
 * calls everything in memory agrees with the last transaction.
 */
export class Engine {
  readonly handlers: StreamHandlers
  readonly calls: ThreadHandlers<DataCalls>
  readonly #deps: EngineDeps
  readonly #partitions: PartitionPositions
  readonly #live: LiveValues
  readonly #rules: ConsoleRules
  readonly #health: HealthMonitor
  readonly #evaluation: SeriesEvaluator
  readonly #ingest: IngestPipeline
  readonly #storage: StorageMonitor
  readonly #maintenance: CacheMaintenance
  #ticker: NodeJS.Timeout | undefined
  #framer: NodeJS.Timeout | undefined
  #lastTick: number

  constructor(deps: EngineDeps) {
    const { store, options, now } = deps
    const { user, hasBackend } = options
    const latest = store.samples.latest()
    const names = new Map(latest.map((node) => [node.id, node.name]))
    const units = new Map(store.samples.metrics().map(({ name, unit }) => [name, unit]))
    const newestAt = latest.reduce<number | null>((newest, { at }) => Math.max(newest ?? at, at), null)
    const counters = new RunCounters()

    this.#deps = deps
    const startedAt = (this.#lastTick = now())
    this.#live = liveBoardOf(latest, units)
    const partitions = (this.#partitions = new PartitionPositions(store.positions(), store.team.partitionStarts()))
    this.#storage = new StorageMonitor({ changed: (problem) => this.#storageChanged(problem), fatal: deps.fatal })
    this.#health = new HealthMonitor({
      startedAt,
      pattern: options.topicPattern,
      notices: () => this.#notices(),
      newestEventAt: newestAt,
      partitions,
      counters,
      stats: () => store.stats(),
      storageProblem: () => this.#storage.problem,
    })
    const rules = (this.#rules = new ConsoleRules({
      store,
      hasBackend,
      user,
      now,
      newestAt: () => this.#health.newestEventAt ?? 0,
    }))
    const evaluation = (this.#evaluation = evaluationOn(store, (nodeId) => names.get(nodeId) ?? nodeId, hasBackend))
    this.#ingest = new IngestPipeline({
      store,
      partitions,
      evaluation,
      counters,
      rules,
      topics: teamTopics(options.team),
      inbox: new BackendInbox({ store: store.team, evaluation, rules, partitions, now }),
      now,
      publishStored: (stored) => this.#publishStored(stored),
    })
    this.#maintenance = new CacheMaintenance({ store, log: deps.log, now })
    this.handlers = this.#streamHandlers()
    this.calls = dataCallHandlers({
      store,
      actions: new OperatorActions({ store, alerts: evaluation.alerts, hasBackend }),
      rules,
      hasBackend,
      live: this.#live,
      health: this.#health,
      partitions,
      counters,
      storage: this.#storage,
      now,
      emit: deps.emit,
      retry: deps.retry,
      watch: (hz) => this.#watch(hz),
    })
  }

  /** Says what is still owed to the operator and starts the clocks. Nothing is to come from the stream before it. */
  start(): void {
    const { options, store, emit, log } = this.#deps
    store.rows.onUnread(({ table, unread }) => log.warn('a row of the cache was left out', { table, ...unread }))
    if (options.hasBackend) this.#storage.write(() => this.#ingest.useTeam(options.team ?? ''))
    const deferred = options.hasBackend ? store.team.deferredRecords() : []
    if (deferred.length > 0) this.#storage.write(() => this.#ingest.deferred(deferred))
    if (options.stockRules) this.#storage.write(() => this.#rules.addStockRules())
    const queued = store.alerts.queuedNotifications()
    if (queued.length > 0) emit('notifications.queued', queued)
    this.#ticker = setInterval(() => this.tick(), tickMs)
    this.#publishHealth()
  }

  stop(): void {
    clearInterval(this.#ticker)
    this.#watch(0)
  }

  /** Once a second: silence, health, upkeep of the cache. */
  tick(): void {
    const now = this.#deps.now()
    const passedMs = now - this.#lastTick
    if (passedMs < 0) this.#clockSetBack(now)
    if (passedMs > sleptMs) this.#partitions.clearLogRanges()
    this.#lastTick = now
    this.#evaluateNoData(now)
    this.#maintenance.tick()
    this.#publishHealth()
  }

  /** By the clock as it was, everything was heard in the future: that says nothing of how long ago it is. */
  #clockSetBack(now: number): void {
    this.#partitions.clearLogRanges()
    this.#evaluation.clearArrivalTimes()
    this.#health.clockSetBack(now)
  }

  #teamKind(topic: string): TeamTopicKind | undefined {
    return teamTopicKind(teamTopics(this.#deps.options.team), topic)
  }

  #streamHandlers(): StreamHandlers {
    const { now, log } = this.#deps
    return {
      position: (topic, partition) => this.#partitions.position(topic, partition),
      isPriorityTopic: (topic) => this.#teamKind(topic) !== undefined,
      batch: (batch) => {
        this.#storage.write(() => this.#ingest.batch(batch))
        if (this.#teamKind(batch.topic) === undefined) this.#health.received(batch.records.length, now())
      },
      gap: (gap, resumeFrom) => {
        log.warn('records lost', { ...gap })
        this.#storage.write(() => this.#ingest.gap(gap, resumeFrom))
        this.#publishHealth()
      },
      unreadable: (batch) => {
        this.#storage.write(() => this.#ingest.unreadable(batch))
        this.#health.received(1, now())
      },
      status: (status) => {
        if (status.kind !== 'connected') this.#partitions.clearLogRanges()
        this.#health.setStatus(status, now())
        this.#publishHealth()
      },
      logRanges: (ends) => {
        this.#partitions.setLogRanges(ends, now())
        this.#health.setEnds(ends.filter(({ topic }) => this.#teamKind(topic) === undefined))
      },
    }
  }

  #publishStored({ samples, alerts, queued, rules, hasActionChanges }: IngestResult): void {
    const { store, now, emit } = this.#deps
    let values = 0
    let newestAt = 0
    for (const sample of samples) {
      this.#live.apply(sample)
      values += sample.values.length
      if (sample.at > newestAt) newestAt = sample.at
    }
    if (values > 0) this.#health.stored(values, newestAt, now())
    if (rules.length > 0) emit('rules.changed', [...rules])
    if (alerts.length > 0) emit('alerts.changed', [...alerts])
    if (queued.length > 0) emit('notifications.queued', [...queued])
    if (hasActionChanges) emit('actions.changed', store.team.actions())
  }

  /**
   * Silence is judged by how far the log is known, not by the clock: while this console is blind, behind or asleep it
   * knows nothing of the nodes, and a stream that stands still is not a fleet that is silent.
   */
  #evaluateNoData(now: number): void {
    const askedAt = this.#partitions.caughtUpAt()
    if (askedAt === undefined || this.#health.health(now).kind !== 'live') return
    const knownUntil = Math.max(askedAt, this.#health.lastRecordAt ?? 0)
    try {
      this.#storage.write(() => this.#ingest.evaluateAt(knownUntil))
    } catch (cause) {
      this.#deps.log.warn('no-data evaluation failed', { cause })
    }
  }

  #publishHealth(): void {
    const report = this.#health.report(this.#deps.now())
    if (this.#health.hasChanged(report) || this.#framer) this.#deps.emit('health.changed', report)
  }

  #notices(): StoreNotice[] {
    const { notices, store, options } = this.#deps
    const deferred = options.hasBackend ? deferredNotices(store) : []
    return [...notices, ...store.rows.notices(), ...deferred]
  }

  #storageChanged(problem: string | undefined): void {
    if (problem === undefined) this.#deps.log.info('cache is writable again')
    else this.#deps.log.error('cache is not writable', { problem })
    this.#publishHealth()
  }

  #watch(hz: number): void {
    clearInterval(this.#framer)
    this.#framer = hz > 0 ? setInterval(() => this.#sendFrame(), 1000 / hz) : undefined
  }

  #sendFrame(): void {
    const frame = this.#live.takeFrame()
    if (frame) this.#deps.emit('live.frame', frame, buffersOf(frame))
  }
}

/** What the backend says and this version must not apply: until the upgrade, or until the backend says it otherwise. */
function deferredNotices({ team, rows }: ConsoleStore): StoreNotice[] {
  const counts = new Map(team.deferredCounts().map((count) => [count.about, count]))
  const [rules, alerts] = [counts.get('rules'), counts.get('alerts')]
  const needed = rules ? neededVersion(rules.needsVersion) : rows.rulesNeed()
  const notice = (id: string, text: string): StoreNotice => ({ id, severity: 'warning', text })
  return [
    ...(needed === undefined
      ? []
      : [
          notice(
            'thresholds-need-newer',
            `Thresholds here need ${needed}; this version evaluates by the thresholds it understands.`,
          ),
        ]),
    ...(alerts === undefined
      ? []
      : [
          notice(
            'alerts-need-newer',
            `Alerts here need ${neededVersion(alerts.needsVersion)}; this version shows the alerts it understands.`,
          ),
        ]),
  ]
}

function buffersOf({ nodes, at, intervals, values }: LiveFrame): ArrayBuffer[] {
  return [nodes.buffer, at.buffer, intervals.buffer, values.buffer] as ArrayBuffer[]
}

/** The newest values as they are stored. */
function liveBoardOf(latest: readonly LatestNode[], units: ReadonlyMap<string, string>): LiveValues {
  const board = new LiveValues()
  for (const node of latest) board.restore(node, (metric) => units.get(metric) ?? '')
  return board
}

/** Judging as it stood when the run before this one ended. */
function evaluationOn(store: ConsoleStore, nameOf: (nodeId: string) => string, shared: boolean): SeriesEvaluator {
  return new SeriesEvaluator({
    series: store.samples.series(),
    openAlerts: store.alerts.firing(),
    nameOf,
    publishStored: (id) => store.alerts.get(id),
    ...(shared ? { backend: store.team } : {}),
  })
}
