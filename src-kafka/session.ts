import type { Admin, Consumer } from 'kafkajs'
import type { KafkaSettings } from './kafka-settings.ts'
import type { Log } from '#shared/log.ts'
import type { ReadingPace } from './reading-pace.ts'
import type { StreamHandlers } from './stream.ts'
import { readEnds } from './broker-ends.ts'
import { type Client, makeClient } from './client.ts'
import { followConsumer } from './consumer-events.ts'
import { consumerSettings } from './consumer-settings.ts'
import { NoAnswerError, StorageError } from './failure.ts'
import { Liveness } from './liveness.ts'
import { ReadFirst } from './read-first.ts'
import { Reader } from './reader.ts'
import { StoragePause } from './storage-pause.ts'
import { within } from './time-limit.ts'
import { matchingTopics } from './topics.ts'
import { Watchdog } from './watchdog.ts'

const connectLimitMs = 12_000
const endsLimitMs = 60_000
const lookLimitMs = 30_000
/** A group waits for a dead member for its session of 10 s, and for busy ones for at most 30 s. */
const joinLimitMs = 45_000
const closeLimitMs = 3_000
const silenceLimitMs = 10_000
const livenessEveryMs = 1_000
const watchEveryMs = 15_000
/** With nothing to fetch, only these rounds notice that Kafka went away. */
const watchEmptyEveryMs = 5_000
const commitEveryMs = 10_000
/** By then Kafka has given up a member of the other group that died. */
const tidyAfterMs = 20_000

export type SessionEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'topics-changed' }
  | { readonly kind: 'lost'; readonly cause: unknown; readonly since: number }

export interface SessionDeps {
  readonly settings: KafkaSettings
  readonly groupId: string
  /** The group of the session before, where groups are used in turn. */
  readonly otherGroupId: string | undefined
  readonly pace: ReadingPace
  readonly handlers: StreamHandlers
  readonly log: Log
  readonly now: () => number
  /** Storage failed, or works again. */
  readonly storage: (failed: { readonly cause: StorageError; readonly retryAt: number } | undefined) => void
}

/** One life of a Kafka client: connected, reading, and over at the first thing that is not as it should be. */
export class Session {
  readonly ended: Promise<SessionEnd>
  topics = 0
  partitions = 0
  /** Kafka may know a member of this session: the seat is not free again at once. */
  tookSeat = false
  readonly #deps: SessionDeps
  readonly #client: Client
  readonly #admin: Admin
  readonly #timers: NodeJS.Timeout[] = []
  #consumer: Consumer | undefined
  #reader: Reader | undefined
  #storage: StoragePause | undefined
  #first: ReadFirst | undefined
  #watchdog: Watchdog | undefined
  #settle!: (end: SessionEnd) => void
  #isOver = false
  /** There is someone to say goodbye to. */
  #isAnswered = false

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.#client = makeClient(deps, () => {
      if (!this.#isOver) this.#reader?.verify()
    })
    this.#admin = this.#client.kafka.admin()
    this.ended = new Promise((resolve) => (this.#settle = resolve))
  }

  /** @throws when Kafka cannot be reached or read, or `close` came first; it must be closed all the same */
  async open(): Promise<void> {
    const { settings, handlers } = this.#deps
    await within(connectLimitMs, 'connecting', this.#admin.connect())
    const topics = matchingTopics(
      await within(connectLimitMs, 'listing topics', this.#admin.listTopics()),
      settings.topicPattern,
    )
    // Before the ends: what is stored by now is in the log then. The other way round another member may have moved on.
    if (topics.length > 0) await this.#refreshPositions()
    const ends = await within(endsLimitMs, 'asking for offsets', readEnds(this.#admin, topics))
    handlers.ends(ends)
    this.topics = topics.length
    this.partitions = ends.length
    if (topics.length > 0) {
      const { groupId, pace } = this.#deps
      this.#consumer = this.#client.kafka.consumer(consumerSettings(groupId, ends.length, pace.maxBytes))
      this.#storage = this.#makeStorage(this.#consumer, topics)
      this.#reader = new Reader(
        {
          ...this.#deps,
          runRecords: pace.runRecords,
          storingBytes: pace.maxBytes,
          consumer: this.#consumer,
          storage: this.#storage,
          ends: (topic) => within(lookLimitMs, 'asking for offsets', readEnds(this.#admin, [topic])),
          distrust: (error) => this.#lose(error),
          ...(handlers.isFirst ? { first: (this.#first = new ReadFirst(handlers.isFirst, ends)) } : {}),
        },
        ends,
      )
      await this.#consume(this.#consumer, this.#reader, topics)
    }
    if (this.#isOver) throw new Error('closed while it was being opened')
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
    this.#watchdog?.end()
    this.#storage?.end()
    this.#first?.end()
    this.#deps.handlers.assigned?.([])
    if (this.#isAnswered) await this.#leave()
    this.#client.cut()
  }

  async #leave(): Promise<void> {
    try {
      const leave = Promise.all([this.#reader?.settled(), this.#consumer?.disconnect(), this.#admin.disconnect()])
      await within(closeLimitMs, 'leaving', leave)
    } catch (cause) {
      this.#deps.log.debug('kafka was left without a goodbye', { cause })
    }
  }

  async #consume(consumer: Consumer, reader: Reader, topics: string[]): Promise<void> {
    let failure: { cause: unknown } | undefined
    this.#follow(consumer, reader, (cause) => {
      failure ??= { cause }
      this.#lose(cause)
    })
    await within(connectLimitMs, 'connecting', consumer.connect())
    await within(connectLimitMs, 'subscribing', consumer.subscribe({ topics, fromBeginning: true }))
    this.tookSeat = true
    const run = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#deps.pace.partitions,
      eachBatch: (payload) => reader.read(payload),
    })
    await within(joinLimitMs, 'joining the group', run)
    if (failure) throw failure.cause // `run` resolves when the first join fails
  }

  #follow(consumer: Consumer, reader: Reader, lost: (cause: unknown) => void): void {
    const { now } = this.#deps
    const liveness = new Liveness(silenceLimitMs, now())
    followConsumer(consumer, {
      joined: (assignment) => this.#joined(reader, assignment),
      topicsUnknown: () => this.#watchdog?.lookNow(),
      fetchAsked: (nodeId) => {
        if (!liveness.asked(nodeId, now())) reader.verify()
      },
      fetchAnswered: (nodeId) => liveness.answered(nodeId),
      passedEmpty: (topic, partition, lastOffset) => reader.passedEmpty(topic, partition, lastOffset),
      lost,
    })
    this.#every(livenessEveryMs, () => {
      const silentSince = liveness.check(now(), livenessEveryMs)
      if (silentSince === undefined) return
      this.#isAnswered = false
      this.#lose(new NoAnswerError('a fetch was not answered'), silentSince)
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
      await this.#deps.handlers.beforeSession?.()
    } catch (cause) {
      throw new StorageError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }

  #makeStorage(consumer: Consumer, topics: readonly string[]): StoragePause {
    const all = topics.map((topic) => ({ topic }))
    return new StoragePause({
      pause: () => consumer.pause(all),
      resume: () => consumer.resume(all),
      changed: this.#deps.storage,
      now: this.#deps.now,
      retryAfterMs: this.#deps.pace.storageRetryMs,
    })
  }

  #watch(topics: readonly string[]): void {
    this.#watchdog = new Watchdog({
      ...this.#deps,
      admin: this.#admin,
      topicPattern: this.#deps.settings.topicPattern,
      topics,
      everyMs: topics.length > 0 ? watchEveryMs : watchEmptyEveryMs,
      offsets: () => (this.#storage?.isPaused ? undefined : this.#reader?.offsets()),
      ends: this.#deps.handlers.ends,
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
      this.#deps.log.debug('offsets were not committed to kafka', { cause })
    }
  }

  /** The group of the session before is empty now; left alone Kafka would keep it for days. */
  async #tidy(groupId: string): Promise<void> {
    try {
      await this.#admin.deleteGroups([groupId])
    } catch (cause) {
      this.#deps.log.debug('the other group was not deleted', { cause })
    }
  }
}
