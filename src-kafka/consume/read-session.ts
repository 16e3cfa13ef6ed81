import type { Admin, Consumer } from 'kafkajs'
import type { KafkaSettings } from '../client/kafka-settings.ts'
import type { Log } from '#shared/log.ts'
import type { ReadLimits } from '../client/kafka-settings.ts'
import type { StreamHandlers } from '../stream.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { type KafkaClient, createKafkaClient } from '../client/kafka-client.ts'
import { registerCodecs } from '../codecs/register-codecs.ts'
import { consumerSettings, followConsumer } from './kafkajs-consumer.ts'
import { KafkaTimeoutError, HandlerError } from '../client/kafka-failure.ts'
import { BrokerLiveness } from './broker-liveness.ts'
import { TopicPriority } from './topic-priority.ts'
import { Reader } from './reader.ts'
import { StoragePause } from './storage-pause.ts'
import { withTimeout } from '../client/waiting.ts'
import { matchingTopics } from '../client/topics.ts'
import { StreamWatchdog } from './stream-watchdog.ts'

const connectLimitMs = 12_000
const logRangesLimitMs = 60_000
const confirmLimitMs = 30_000
/** A group waits 10 s for a dead member (its session) and at most 30 s for busy ones. */
const joinLimitMs = 45_000
const closeLimitMs = 3_000
const unresponsiveLimitMs = 10_000
const livenessEveryMs = 1_000
const watchEveryMs = 15_000
/** Without topics to fetch, only these rounds notice that Kafka is unreachable. */
const watchEmptyEveryMs = 5_000
const commitEveryMs = 10_000
/** Kafka has removed a dead member from the other group after this time. */
const tidyAfterMs = 20_000

export type ReadSessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'topics-changed' }
  | { readonly kind: 'lost'; readonly cause: unknown; readonly since: number }

export interface ReadSessionDeps {
  readonly settings: KafkaSettings
  readonly groupId: string
  /** The group of the session before, if groups alternate. */
  readonly otherGroupId: string | undefined
  readonly limits: ReadLimits
  readonly handlers: StreamHandlers
  readonly log: Log
  readonly now: () => number
  /** Storage failed (`failed`), or works again (`undefined`). */
  readonly storage: (failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined) => void
}

/** One lifetime of a Kafka client that reads. It ends at the first error. */
export class ReadSession {
  readonly ended: Promise<ReadSessionEnd>
  topics = 0
  partitions = 0
  /** Kafka may have a member of this session, so the group is not free immediately. */
  tookSeat = false
  readonly #deps: ReadSessionDeps
  readonly #client: KafkaClient
  readonly #admin: Admin
  readonly #timers: NodeJS.Timeout[] = []
  #consumer: Consumer | undefined
  #reader: Reader | undefined
  #storage: StoragePause | undefined
  #priority: TopicPriority | undefined
  #watchdog: StreamWatchdog | undefined
  #settle!: (end: ReadSessionEnd) => void
  #isOver = false
  /** Kafka responds, so that leaving the group makes sense. */
  #isAnswered = false

  constructor(deps: ReadSessionDeps) {
    this.#deps = deps
    registerCodecs()
    this.#client = createKafkaClient(deps, () => {
      if (!this.#isOver) this.#reader?.verify()
    })
    this.#admin = this.#client.kafka.admin()
    this.ended = new Promise((resolve) => (this.#settle = resolve))
  }

  /** @throws if Kafka cannot be reached or read, or `close` came first. Call `close` in any case */
  async open(): Promise<void> {
    const { settings, handlers } = this.#deps
    await withTimeout(connectLimitMs, 'connecting', this.#admin.connect())
    const topics = matchingTopics(
      await withTimeout(connectLimitMs, 'listing topics', this.#admin.listTopics()),
      settings.topicPattern,
    )
    // Before the log ranges: then everything stored lies within them. In the other order, another member may store more
    // in between.
    if (topics.length > 0) await this.#refreshPositions()
    const ranges = await withTimeout(logRangesLimitMs, 'asking for offsets', readLogRanges(this.#admin, topics))
    handlers.logRanges(ranges)
    this.topics = topics.length
    this.partitions = ranges.length
    if (topics.length > 0) {
      const { groupId, limits: pace } = this.#deps
      this.#consumer = this.#client.kafka.consumer(consumerSettings(groupId, ranges.length, pace.maxBytes))
      this.#storage = this.#createStorage(this.#consumer, topics)
      this.#reader = new Reader(
        {
          ...this.#deps,
          sliceRecords: pace.sliceRecords,
          storingBytes: pace.maxBytes,
          consumer: this.#consumer,
          storage: this.#storage,
          logRanges: (topic) => withTimeout(confirmLimitMs, 'asking for offsets', readLogRanges(this.#admin, [topic])),
          endSession: (error) => this.#lose(error),
          ...(handlers.isPriorityTopic
            ? { priority: (this.#priority = new TopicPriority(handlers.isPriorityTopic, ranges)) }
            : {}),
        },
        ranges,
      )
      await this.#consume(this.#consumer, this.#reader, topics)
    }
    if (this.#isOver) throw new Error('closed while connecting')
    this.#watch(topics)
    this.#isAnswered = true
  }

  /** Does not wait any longer after a storage failure. */
  retryNow(): void {
    this.#storage?.retryNow()
  }

  /**
   * Waits for records that are being stored, leaves the group if Kafka responds, and closes every connection. Never
   * rejects.
   */
  async close(): Promise<void> {
    this.#isOver = true
    this.#settle({ kind: 'closed' })
    this.#timers.forEach((timer) => clearInterval(timer))
    this.#watchdog?.stop()
    this.#storage?.stop()
    this.#priority?.stop()
    this.#deps.handlers.assigned?.([])
    if (this.#isAnswered) await this.#leave()
    this.#client.abort()
  }

  async #leave(): Promise<void> {
    try {
      const leave = Promise.all([this.#reader?.settled(), this.#consumer?.disconnect(), this.#admin.disconnect()])
      await withTimeout(closeLimitMs, 'leaving', leave)
    } catch (cause) {
      this.#deps.log.debug('did not leave the Kafka group cleanly', { cause })
    }
  }

  async #consume(consumer: Consumer, reader: Reader, topics: string[]): Promise<void> {
    let failure: { cause: unknown } | undefined
    this.#follow(consumer, reader, (cause) => {
      failure ??= { cause }
      this.#lose(cause)
    })
    await withTimeout(connectLimitMs, 'connecting', consumer.connect())
    await withTimeout(connectLimitMs, 'subscribing', consumer.subscribe({ topics, fromBeginning: true }))
    this.tookSeat = true
    const run = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#deps.limits.partitions,
      eachBatch: (payload) => reader.read(payload),
    })
    await withTimeout(joinLimitMs, 'joining the group', run)
    if (failure) throw failure.cause // `run` resolves when the first join fails
  }

  #follow(consumer: Consumer, reader: Reader, lost: (cause: unknown) => void): void {
    const { now } = this.#deps
    const liveness = new BrokerLiveness(unresponsiveLimitMs, now())
    followConsumer(consumer, {
      joined: (assignment) => this.#joined(reader, assignment),
      topicsUnknown: () => this.#watchdog?.checkNow(),
      fetchSent: (nodeId) => {
        if (!liveness.requestSent(nodeId, now())) reader.verify()
      },
      fetchReceived: (nodeId) => liveness.responseReceived(nodeId),
      skippedEmpty: (topic, partition, lastOffset) => reader.skippedEmpty(topic, partition, lastOffset),
      lost,
    })
    this.#every(livenessEveryMs, () => {
      const unresponsiveSince = liveness.check(now(), livenessEveryMs)
      if (unresponsiveSince === undefined) return
      this.#isAnswered = false
      this.#lose(new KafkaTimeoutError('a fetch timed out'), unresponsiveSince)
    })
  }

  #joined(reader: Reader, assignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#isOver) return
    reader.join(assignment)
    const partitions = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    )
    this.#deps.handlers.assigned?.(partitions)
  }

  async #refreshPositions(): Promise<void> {
    try {
      await this.#deps.handlers.refreshPositions?.()
    } catch (cause) {
      throw new HandlerError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  #createStorage(consumer: Consumer, topics: readonly string[]): StoragePause {
    const all = topics.map((topic) => ({ topic }))
    return new StoragePause({
      pause: () => consumer.pause(all),
      resume: () => consumer.resume(all),
      changed: this.#deps.storage,
      now: this.#deps.now,
      retryAfterMs: this.#deps.limits.storageRetryMs,
    })
  }

  #watch(topics: readonly string[]): void {
    this.#watchdog = new StreamWatchdog({
      ...this.#deps,
      admin: this.#admin,
      topicPattern: this.#deps.settings.topicPattern,
      topics,
      everyMs: topics.length > 0 ? watchEveryMs : watchEmptyEveryMs,
      offsets: () => (this.#storage?.isPaused ? undefined : this.#reader?.offsets()),
      logRanges: this.#deps.handlers.logRanges,
      topicsChanged: (changes) => {
        this.#deps.log.info('topics changed', changes)
        this.#settle({ kind: 'topics-changed' })
      },
      failed: (cause) => this.#lose(cause),
    })
    this.#watchdog.start()
    this.#every(commitEveryMs, () => void this.#commit())
    const { otherGroupId } = this.#deps
    if (otherGroupId !== undefined) this.#timers.push(setTimeout(() => void this.#tidy(otherGroupId), tidyAfterMs))
  }

  #every(ms: number, work: () => void): void {
    this.#timers.push(setInterval(work, ms))
  }

  #lose(cause: unknown, since = this.#deps.now()): void {
    this.#settle({ kind: 'lost', cause, since })
  }

  /** Only for lag tools at the broker. ReMo stores its own positions. */
  async #commit(): Promise<void> {
    const offsets = Array.from(this.#reader?.offsets() ?? [], ({ offset, ...part }) => ({
      ...part,
      offset: String(offset),
    }))
    if (offsets.length === 0) return
    try {
      await this.#consumer?.commitOffsets(offsets)
    } catch (cause) {
      this.#deps.log.debug('offset commit failed', { cause })
    }
  }

  /** The group of the session before is empty now. Kafka would keep it for days. */
  async #tidy(groupId: string): Promise<void> {
    try {
      await this.#admin.deleteGroups([groupId])
    } catch (cause) {
      this.#deps.log.debug('cannot delete the previous consumer group', { cause })
    }
  }
}
