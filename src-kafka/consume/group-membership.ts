import type { Consumer, Kafka } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import { withTimeout } from '../client/waiting.ts'
import type { TopicPartition } from '../stream.ts'

const connectLimitMs = 12_000
/** A group waits 10 s for a dead member (its session) and at most 30 s for busy ones. */
const joinLimitMs = 45_000
const commitEveryMs = 10_000
/** After a crash, kafkajs emits STOP and DISCONNECT without a reason, and then CRASH with it. */
const reasonWithinMs = 2_000

export interface GroupMembershipDeps {
  readonly kafka: Kafka
  readonly group: string
  readonly topics: readonly string[]
  readonly log: Log
  /** The partitions of this member, after each balance. */
  readonly assigned: (partitions: readonly TopicPartition[]) => void
  /** The group has topics that this member does not know yet. */
  readonly topicsUnknown: () => void
  /** Next offsets to read, for lag tools at the broker. */
  readonly offsets: () => Iterable<TopicPartition & { readonly offset: number }>
  /** No longer a member. */
  readonly lost: (cause: unknown) => void
}

/**
 * Membership in a consumer group, for its assignment alone: a consumer of kafkajs with all topics paused. It sends
 * heartbeats and fetches nothing. Positions are not those of the group.
 */
export class GroupMembership {
  readonly #deps: GroupMembershipDeps
  readonly #consumer: Consumer
  #timer: NodeJS.Timeout | undefined
  #joining: Promise<void> | undefined
  #hasLeft = false

  constructor(deps: GroupMembershipDeps) {
    this.#deps = deps
    this.#consumer = deps.kafka.consumer({
      groupId: deps.group,
      // how often a paused consumer looks for its next heartbeat
      maxWaitTimeInMs: 500,
      sessionTimeout: 10_000,
      rebalanceTimeout: 30_000,
      heartbeatInterval: 3_000,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    })
  }

  /** @throws if the group cannot be joined, or `leave` came first */
  async join(): Promise<void> {
    let failure: { readonly cause: unknown } | undefined
    this.#follow((cause) => {
      failure ??= { cause }
      if (!this.#hasLeft) this.#deps.lost(cause)
    })
    const topics = [...this.#deps.topics]
    await withTimeout(connectLimitMs, 'connecting', this.#consumer.connect())
    this.#throwIfLeft()
    await withTimeout(connectLimitMs, 'subscribing', this.#consumer.subscribe({ topics, fromBeginning: true }))
    this.#throwIfLeft()
    this.#joining = this.#consumer.run({
      autoCommit: false,
      // All topics are paused before the first fetch.
      eachBatch: () => Promise.reject(new Error('a paused consumer got records')),
    })
    await withTimeout(joinLimitMs, 'joining the group', this.#joining)
    if (failure) throw failure.cause // `run` resolves when the first join fails
    this.#throwIfLeft()
    this.#timer = setInterval(() => void this.#commit(), commitEveryMs)
  }

  /**
   * Leaves the group, so that it is balanced at once. While the group is joined, this waits until it has joined: kafkajs
   * leaves nothing before, and the group would wait for this member until its session ends.
   */
  async leave(): Promise<void> {
    this.#hasLeft = true
    clearInterval(this.#timer)
    await this.#joining?.catch(() => undefined) // `join` throws it
    await this.#consumer.disconnect()
  }

  #throwIfLeft(): void {
    if (this.#hasLeft) throw new Error('left while joining')
  }

  /** A listener that throws would leave the consumer half stopped, so every error ends the membership. */
  #follow(lost: (cause: unknown) => void): void {
    const consumer = this.#consumer
    const { CRASH, STOP, DISCONNECT, GROUP_JOIN, RECEIVED_UNSUBSCRIBED_TOPICS } = consumer.events
    const ended = () => {
      setTimeout(() => lost(new Error('the consumer stopped unexpectedly')), reasonWithinMs).unref()
    }
    consumer.on(CRASH, ({ payload }) => lost(payload.error))
    consumer.on(STOP, ended)
    consumer.on(DISCONNECT, ended)
    consumer.on(RECEIVED_UNSUBSCRIBED_TOPICS, () => this.#deps.topicsUnknown())
    consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      try {
        // Synchronously, because kafkajs fetches right after it.
        consumer.pause(this.#deps.topics.map((topic) => ({ topic })))
        this.#deps.assigned(
          Object.entries(memberAssignment).flatMap(([topic, numbers]) =>
            numbers.map((partition) => ({ topic, partition })),
          ),
        )
      } catch (cause) {
        lost(cause)
      }
    })
  }

  /** Only for lag tools at the broker. ReMo stores its own positions. */
  async #commit(): Promise<void> {
    const offsets = Array.from(this.#deps.offsets(), ({ offset, ...part }) => ({ ...part, offset: String(offset) }))
    if (offsets.length === 0) return
    try {
      await this.#consumer.commitOffsets(offsets)
    } catch (cause) {
      this.#deps.log.debug('offset commit failed', { cause })
    }
  }
}
