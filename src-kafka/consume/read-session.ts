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
/** A group waits for a dead member for its session of 10 s, and for busy ones for at most 30 s. */
const joinLimitMs = 45_000
const closeLimitMs = 3_000
const unresponsiveLimitMs = 10_000
const livenessEveryMs = 1_000
const watchEveryMs = 15_000
/** With nothing to fetch, only these rounds notice that Kafka went away. */
const watchEmptyEveryMs = 5_000
const commitEveryMs = 10_000
/** By then Kafka has given up a member of the other group that died. */
const tidyAfterMs = 20_000

export type ReadSessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'topics-changed' }
  | { readonly kind: 'lost'; readonly cause: unknown; readonly since: number }

export interface ReadSessionDeps {
  readonly settings: KafkaSettings
  readonly groupId: string
  /** The group of the session before, where groups are used in turn. */
  readonly otherGroupId: string | undefined
  readonly limits: ReadLimits
  readonly handlers: StreamHandlers
  readonly log: Log
  readonly now: () => number
  /** Storage failed, or works again. */
  readonly storage: (failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined) => void
}

/** One life of a Kafka client: connected, reading, and over at the first thing that is not as it should be. */
export class ReadSession {
  readonly ended: Promise<ReadSessionEnd>
  topics = 0
  partitions = 0
  /** Kafka may know a member of this session: the seat is not free again at once. */
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
  /** There is someone to say goodbye to. */
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

  /** @throws when Kafka cannot be reached or read, or `close` came first; it must be closed all the same */
  async open(): Promise<void> {
    const { settings, handlers } = this.#deps
    await withTimeout(connectLimitMs, 'connecting', this.#admin.connect())
    const topics = matchingTopics(
      await withTimeout(connectLimitMs, 'listing topics', this.#admin.listTopics()),
      settings.topicPattern,
    )
    // Before the ends: what is stored by now is in the log then. The other way round another member may have moved on.
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

  /** Does not wait any longer where storage failed. */
  retryNow(): void {
    this.#storage?.retryNow()
  }

  /** What is being stored is stored. Leaves the group if Kafka answers, and ends every connection. Never rejects. */
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

  /** For lag tools at the broker only: the position is ours. */
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

  /** The group of the session before is empty now; left alone Kafka would keep it for days. */
  async #tidy(groupId: string): Promise<void> {
    try {
      await this.#admin.deleteGroups([groupId])
    } catch (cause) {
      this.#deps.log.debug('cannot delete the previous consumer group', { cause })
    }
  }
}
