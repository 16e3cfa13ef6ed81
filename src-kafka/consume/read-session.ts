import type { RetryOptions } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import { BrokerConnections } from '../client/broker-connections.ts'
import { createKafkaClient, type KafkaClient } from '../client/kafka-client.ts'
import { HandlerError, KafkaTimeoutError } from '../client/kafka-failure.ts'
import type { KafkaSettings, ReadLimits } from '../client/kafka-settings.ts'
import { ControllerClock } from '../client/controller-clock.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { topicChanges } from '../client/topics.ts'
import { withTimeout } from '../client/waiting.ts'
import type { StreamHandlers, TopicPartition } from '../stream.ts'
import { BrokerFetchers } from './broker-fetchers.ts'
import type { FirstPositions } from './first-positions.ts'
import { GroupMembership } from './group-membership.ts'
import { recreatedTopics, topicMapOf, type TopicMap } from './partition-leaders.ts'
import { Reader } from './reader.ts'
import { StoragePause } from './storage-pause.ts'
import { StreamWatchdog } from './stream-watchdog.ts'
import { TopicPriority } from './topic-priority.ts'

const connectLimitMs = 12_000
const logRangesLimitMs = 60_000
const confirmLimitMs = 30_000
const closeLimitMs = 3_000
/** A new group waits 3 s for further members by default, and is left after that. */
const leaveLimitMs = 5_000
const watchEveryMs = 15_000
/** Without topics to fetch, only these rounds notice that Kafka is unreachable. */
const watchEmptyEveryMs = 5_000

export type ReadSessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'topics-changed' }
  | { readonly kind: 'renewed' }
  | { readonly kind: 'lost'; readonly cause: unknown; readonly since: number }

export interface ReadSessionDeps {
  readonly settings: KafkaSettings
  /** The group that shares the partitions; `undefined` to read all of them. */
  readonly group: string | undefined
  readonly limits: ReadLimits
  readonly handlers: StreamHandlers
  readonly firstPositions: FirstPositions
  readonly isRelaxed: () => boolean
  readonly log: Log
  readonly now: () => number
  /** Storage failed (`failed`), or works again (`undefined`). */
  readonly storage: (failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined) => void
  /** What is read, or what cannot be read, changed. */
  readonly changed: () => void
}

/** An outage shows at once; the supervisor of the stream decides when to try again. */
function onceForEachBroker(brokers: number): RetryOptions {
  return { retries: brokers - 1, initialRetryTime: 50, factor: 0.2, multiplier: 2, maxRetryTime: 250 }
}

const noTopics: TopicMap = { topics: [], partitions: [], ids: new Map() }

/** One lifetime of a Kafka client that reads. It ends when no broker can be reached any more. */
export class ReadSession {
  readonly ended: Promise<ReadSessionEnd>
  /** Partitions that cannot be read for a while, in one sentence; `undefined` if there are none. */
  problem: string | undefined
  readonly #deps: ReadSessionDeps
  readonly #client: KafkaClient
  readonly #connections: BrokerConnections
  readonly #reader: Reader
  readonly #storage: StoragePause
  readonly #fetchers: BrokerFetchers
  readonly #clock: ControllerClock
  #map = noTopics
  #priority: TopicPriority | undefined
  #memberClient: KafkaClient | undefined
  #membership: GroupMembership | undefined
  #watchdog: StreamWatchdog | undefined
  #settle!: (end: ReadSessionEnd) => void
  #isOver = false
  #isOpen = false

  constructor(deps: ReadSessionDeps) {
    const { settings, handlers, limits, now } = (this.#deps = deps)
    this.ended = new Promise((resolve) => (this.#settle = resolve))
    this.#client = createKafkaClient({ ...deps, retry: onceForEachBroker(settings.brokers.length) })
    this.#connections = new BrokerConnections(this.#client.kafka)
    this.#clock = new ControllerClock(this.#connections, now)
    this.#storage = new StoragePause({
      pause: () => this.#reader.pause(),
      resume: () => this.#reader.resume(),
      changed: deps.storage,
      now,
      retryAfterMs: limits.storageRetryMs,
    })
    this.#reader = new Reader({
      handlers,
      storage: this.#storage,
      limits,
      now,
      logRange: (part) => this.#logRange(part),
      changed: (state) => this.#fetchers.changed(state),
      leaderUnknown: () => this.#fetchers.refreshSoon(),
      endSession: (error) => this.#lose(error),
      isHeldBack: (topic) => this.#priority?.isHeldBack(topic) === true,
      advanced: (topic, partition, next) => this.#priority?.advance(topic, partition, next),
    })
    this.#fetchers = new BrokerFetchers({
      connections: this.#connections,
      reader: this.#reader,
      maxBytes: limits.maxBytes,
      rack: settings.rack ?? '',
      isRelaxed: deps.isRelaxed,
      log: deps.log,
      now,
      refresh: () => this.#refresh(),
      lost: (cause, since) => this.#lose(cause, since),
      problem: (problem) => {
        this.problem = problem
        deps.changed()
      },
    })
  }

  get topics(): number {
    return this.#map.topics.length
  }

  get partitions(): number {
    return this.#map.partitions.length
  }

  /** @throws if Kafka cannot be reached or read, or `close` came first. Call `close` in any case */
  async open(): Promise<void> {
    const { settings, handlers, group } = this.#deps
    const metadata = await withTimeout(connectLimitMs, 'connecting', this.#connections.metadata())
    const map = (this.#map = topicMapOf(metadata, settings.topicPattern))
    // Before the log ranges: then everything stored lies within them. In the other order, another member may store more
    // in between.
    if (map.topics.length > 0) await this.#refreshPositions()
    await this.#deps.firstPositions.place(this.#connections, map.partitions)
    const ranges = await withTimeout(
      logRangesLimitMs,
      'asking for offsets',
      readLogRanges(this.#connections, map.partitions),
    )
    if (this.#isOver) throw new Error('closed while connecting')
    handlers.logRanges(ranges)
    const { isPriorityTopic } = handlers
    if (isPriorityTopic) {
      this.#priority = new TopicPriority(isPriorityTopic, ranges, () => this.#reader.changedAll())
    }
    if (group === undefined) this.#reader.assign(map.partitions, ranges)
    else if (map.topics.length > 0) await this.#join(group, map.topics)
    if (this.#isOver) throw new Error('closed while connecting')
    this.#isOpen = true
    this.#fetchers.setLeaders(map.partitions)
    this.#watch()
    void this.#compareClocks()
  }

  /** Whether it has begun to read. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Whether a connection has one of these addresses of this computer. */
  usesAny(addresses: readonly string[]): boolean {
    const used = [...this.#client.localAddresses(), ...(this.#memberClient?.localAddresses() ?? [])]
    return used.some((address) => addresses.includes(address))
  }

  /** Ends this session. The next one begins at once. */
  renew(): void {
    this.#settle({ kind: 'renewed' })
  }

  /** Does not wait any longer after a storage failure. */
  retryNow(): void {
    this.#storage.retryNow()
  }

  /** Waits for records that are being stored, and closes every connection. Never rejects. */
  async close(): Promise<void> {
    this.#isOver = true
    this.#settle({ kind: 'closed' })
    this.#watchdog?.stop()
    this.#fetchers.stop()
    this.#storage.stop()
    this.#priority?.stop()
    this.#deps.handlers.assigned?.([])
    const ends = [withTimeout(closeLimitMs, 'storing what was read', this.#reader.stop())]
    if (this.#membership) ends.push(withTimeout(leaveLimitMs, 'leaving the group', this.#membership.leave()))
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === 'rejected') this.#deps.log.debug('did not stop reading cleanly', { cause: end.reason })
    }
    this.#client.abort()
    this.#memberClient?.abort()
  }

  async #join(group: string, topics: readonly string[]): Promise<void> {
    const client = (this.#memberClient = createKafkaClient(this.#deps))
    this.#membership = new GroupMembership({
      kafka: client.kafka,
      group,
      topics,
      log: this.#deps.log,
      assigned: (partitions) => void this.#assigned(partitions),
      topicsUnknown: () => this.#watchdog?.checkNow(),
      offsets: () => this.#reader.offsets(),
      lost: (cause) => this.#lose(cause),
    })
    await this.#membership.join()
  }

  /** The group was balanced. Other members may have moved the positions of partitions that are new here. */
  async #assigned(partitions: readonly TopicPartition[]): Promise<void> {
    try {
      this.#reader.assign(
        partitions.filter((part) => this.#reader.find(part)),
        [],
      )
      await this.#refreshPositions()
      if (this.#isOver) return
      this.#reader.assign(partitions, [])
      this.#fetchers.setLeaders(this.#map.partitions)
      this.#deps.handlers.assigned?.(partitions)
    } catch (cause) {
      this.#lose(cause)
    }
  }

  async #refreshPositions(): Promise<void> {
    try {
      await this.#deps.handlers.refreshPositions?.()
    } catch (cause) {
      throw new HandlerError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  async #logRange(part: TopicPartition): Promise<{ start: number; end: number } | undefined> {
    const { topic, partition } = part
    const led = this.#map.partitions.filter((one) => one.topic === topic && one.partition === partition)
    const [range] = await withTimeout(confirmLimitMs, 'asking for offsets', readLogRanges(this.#connections, led))
    return range
  }

  /** New leaders, topics and partitions. @throws if no broker answers */
  async #refresh(): Promise<void> {
    const { settings, log, group, changed } = this.#deps
    const before = this.#map
    const after = topicMapOf(await this.#connections.metadata(), settings.topicPattern)
    if (this.#isOver) return
    const changes = topicChanges(before.topics, after.topics)
    const isOther = changes.added.length > 0 || changes.removed.length > 0
    if (isOther) log.info('topics changed', changes)
    if (isOther && group !== undefined) return this.#settle({ kind: 'topics-changed' })
    this.#map = after
    const placed = await this.#deps.firstPositions.place(this.#connections, after.partitions)
    if (this.#isOver) return
    if (group === undefined) this.#reader.assign(after.partitions, [])
    // They had no leader until now, so nothing of them was read.
    for (const { topic } of placed) this.#reader.verify(topic)
    for (const topic of recreatedTopics(before, after)) this.#reader.verify(topic)
    this.#fetchers.setLeaders(after.partitions)
    if (before.partitions.length !== after.partitions.length || isOther) changed()
  }

  async #compareClocks(): Promise<void> {
    const { brokerTime } = this.#deps.handlers
    const time = brokerTime && (await this.#clock.ask())
    if (time && !this.#isOver) brokerTime(time)
  }

  #watch(): void {
    const { handlers, now } = this.#deps
    this.#watchdog = new StreamWatchdog({
      everyMs: () => (this.topics > 0 ? watchEveryMs : watchEmptyEveryMs),
      now,
      refresh: () => this.#refresh(),
      logRanges: () => readLogRanges(this.#connections, this.#map.partitions),
      report: (ranges) => {
        // a partition that is missing would look as if it had no records
        if (this.problem === undefined && ranges.length === this.partitions) handlers.logRanges(ranges)
      },
      clock: () => this.#compareClocks(),
      offsets: () => (this.#storage.isPaused ? undefined : this.#reader.offsets()),
      stalled: (sentence) => this.#lose(new KafkaTimeoutError(sentence)),
      failed: (cause) => {
        // While brokers answer fetches, one that does not is no reason to stop reading from the others.
        if (!this.#fetchers.isReading) this.#lose(cause)
      },
    })
    this.#watchdog.start()
  }

  #lose(cause: unknown, since = this.#deps.now()): void {
    if (!this.#isOpen) this.#deps.log.debug('lost while connecting', { cause })
    this.#settle({ kind: 'lost', cause, since })
  }
}
