import { assessHealth } from '#shared/health/assess-health.ts'
import { catchUpProgress, withPoint, type ReadPoint } from '#shared/health/catch-up.ts'
import type { Health } from '#shared/health/health.ts'
import type { HealthReport } from '#shared/ipc/contract.ts'
import type { StoreNotice, StoreStats } from '../../store/store-types.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import { RollingCount } from './rolling-count.ts'
import type { PartitionLogRange, StreamStatus } from '../../../src-kafka/stream.ts'
import type { RunCounters } from './run-counters.ts'

/** Minimum time between two measurements of the cache size: each one reads the file sizes. */
const statsEveryMs = 5000

export interface HealthMonitorDeps {
  readonly startedAt: number
  readonly pattern: string
  /** Notices of the store: about its opening, and about rows and records that it skipped. */
  readonly notices: () => readonly StoreNotice[]
  /** Newest event time in the cache, epoch ms; `null` if the cache is empty. */
  readonly newestEventAt: number | null
  readonly partitions: PartitionPositions
  readonly counters: RunCounters
  readonly stats: () => StoreStats
  readonly storageProblem: () => string | undefined
  /** Number of the newest frame for the window. */
  readonly frame: () => number
  /** Nodes that send nothing and whose offline alert does not fire. `now`: epoch ms. */
  readonly silentNodes: (now: number) => number
}

/** Collects the facts that determine this console's health, and the counts shown with it. */
export class HealthMonitor {
  readonly #deps: HealthMonitorDeps
  readonly #messages: RollingCount
  readonly #values: RollingCount
  #status: StreamStatus
  /** Of metrics. */
  #topics = 0
  #lastRecordAt: number | null = null
  #newestEventAt: number | null
  /** Messages read in this run. */
  #received = 0
  /** While catching up: where reading stood in the last seconds. */
  #points: readonly ReadPoint[] = []
  #stats: { readonly value: StoreStats; readonly at: number } | undefined
  #shown = ''

  constructor(deps: HealthMonitorDeps) {
    this.#deps = deps
    this.#messages = new RollingCount(deps.startedAt)
    this.#values = new RollingCount(deps.startedAt)
    this.#newestEventAt = deps.newestEventAt
    this.#status = { kind: 'connecting', since: deps.startedAt, detail: 'ReMo is starting.' }
  }

  /** Arrival time of the last record, epoch ms; `null` before the first one of this run. */
  get lastRecordAt(): number | null {
    return this.#lastRecordAt
  }

  /** Whether a record was ever read: before that, nothing is watched. */
  get hasSamples(): boolean {
    return this.#newestEventAt !== null
  }

  get isConnected(): boolean {
    return this.#status.kind === 'connected'
  }

  /** `now`: epoch ms. After the clock was set back, the stream may report a time ahead of it. */
  setStatus(status: StreamStatus, now: number): void {
    this.#status = notAhead(status, now)
    this.#points = []
  }

  /** Moves times back to `now` (epoch ms). A time in the future would have no age until the clock reaches it. */
  clockSetBack(now: number): void {
    this.#status = notAhead(this.#status, now)
    this.#points = []
    if (this.#lastRecordAt !== null) this.#lastRecordAt = Math.min(this.#lastRecordAt, now)
  }

  /** Partitions of metric topics, without the backend's topics. */
  setLogRanges(ranges: readonly PartitionLogRange[]): void {
    this.#deps.counters.sources?.setTopics(ranges)
    this.#topics = new Set(ranges.map(({ topic }) => topic)).size
  }

  received(messages: number, now: number): void {
    this.#lastRecordAt = now
    this.#received += messages
    this.#messages.add(messages, now)
  }

  /** `newestAt`: newest event time that is not from the future, epoch ms; 0 without one. */
  stored(values: number, newestAt: number, now: number): void {
    this.#values.add(values, now)
    if (newestAt > 0) this.#newestEventAt = Math.max(this.#newestEventAt ?? 0, newestAt)
  }

  health(now: number): Health {
    const { startedAt, pattern, partitions, storageProblem } = this.#deps
    const problem = storageProblem()
    const progress = catchUpProgress(this.#points, this.#readPoint(now))
    return assessHealth({
      now,
      startedAt,
      stream: this.#status,
      topics: this.#topics,
      lastRecordAt: this.#lastRecordAt,
      newestEventAt: this.#newestEventAt,
      lagMessages: partitions.lagMessages(),
      lagMs: partitions.lagMs(now),
      ...(problem === undefined ? {} : { storageProblem: problem }),
      ...(progress === undefined ? {} : { progress }),
      pattern,
    })
  }

  report(now: number): HealthReport {
    const { partitions, counters } = this.#deps
    const { bytes, diskBytes, samples } = this.stats(now)
    const health = this.health(now)
    this.#points = health.kind === 'catching-up' ? withPoint(this.#points, this.#readPoint(now)) : []
    return {
      health,
      at: now,
      frame: this.#deps.frame(),
      messagesPerSecond: this.#messages.perSecond(10, now),
      valuesLastMinute: this.#values.sum(60, now),
      lagMessages: partitions.lagMessages(),
      lastSampleAt: this.#newestEventAt,
      ...partitions.counts(),
      // While the console does not read to the end, it knows nothing about its nodes.
      silentNodes: health.kind === 'live' ? this.#deps.silentNodes(now) : 0,
      rejected: counters.rejected,
      gaps: counters.gaps,
      cacheBytes: bytes,
      cacheDiskBytes: diskBytes,
      cacheValues: samples,
      notices: this.#notices(),
    }
  }

  /** Whether the report differs from the last one in more than its rates. */
  hasChanged(report: HealthReport): boolean {
    const { health, topics, partitions, silentNodes, rejected, gaps, notices } = report
    const published = health.kind === 'live' ? 'live' : health
    const shown = JSON.stringify([published, topics, partitions, silentNodes, rejected, gaps, notices])
    if (shown === this.#shown) return false
    this.#shown = shown
    return true
  }

  stats(now: number): StoreStats {
    if (!this.#stats || Math.abs(now - this.#stats.at) >= statsEveryMs) {
      this.#stats = { value: this.#deps.stats(), at: now }
    }
    return this.#stats.value
  }

  #readPoint(at: number): ReadPoint {
    return { at, read: this.#received, lagMessages: this.#deps.partitions.lagMessages() }
  }

  #notices(): HealthReport['notices'] {
    const problem = this.#deps.storageProblem()
    const storage = problem === undefined ? [] : [{ id: 'storage', severity: 'critical', text: problem } as const]
    const unread = this.#status.kind === 'connected' ? this.#status.problem : undefined
    const kafka = unread === undefined ? [] : [{ id: 'partitions', severity: 'critical', text: unread } as const]
    return [...this.#deps.notices().map((notice) => ({ ...notice })), ...storage, ...kafka]
  }
}

function notAhead(status: StreamStatus, now: number): StreamStatus {
  return status.kind === 'stopped' || status.since <= now ? status : { ...status, since: now }
}
