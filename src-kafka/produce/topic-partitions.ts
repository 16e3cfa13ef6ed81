import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, ITopicMetadata, Kafka } from 'kafkajs'
import { protocolErrorOf } from '../client/kafka-failure.ts'

/** Topics of one CreateTopics request. With more, the controller would exceed the request timeout. */
const createAtOnce = 100
const settlingMs = 100
const settlingAttempts = 30

/**
 * Number of partitions of each topic, as first seen: a key must not change its partition while its records are being
 * sent. Creates missing topics, because production brokers do not create them automatically.
 */
export class TopicPartitions {
  readonly #kafka: Kafka
  readonly #partitions: number
  readonly #known = new Map<string, number>()

  /** @param partitions of a topic that is created here */
  constructor(kafka: Kafka, partitions: number) {
    this.#kafka = kafka
    this.#partitions = partitions
  }

  /** @throws if Kafka is unreachable, or a topic does not exist and cannot be created */
  async partitionCounts(topics: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const missing = [...topics].filter((topic) => !this.#known.has(topic))
    if (missing.length > 0) await this.#load(missing)
    return this.#known
  }

  discard(topic: string): void {
    this.#known.delete(topic)
  }

  discardAll(): void {
    this.#known.clear()
  }

  async #load(topics: readonly string[]): Promise<void> {
    const admin = this.#kafka.admin()
    try {
      await admin.connect()
      await this.#create(admin, topics)
      for (const { name, partitions } of await describe(admin, topics)) this.#known.set(name, partitions.length)
    } finally {
      await admin.disconnect()
    }
  }

  async #create(admin: Admin, topics: readonly string[]): Promise<void> {
    const existing = new Set(await admin.listTopics())
    const missing = topics.filter((topic) => !existing.has(topic))
    for (let from = 0; from < missing.length; from += createAtOnce) {
      const some = missing.slice(from, from + createAtOnce)
      await admin.createTopics({
        waitForLeaders: false, // kafkajs fails on topics that are being created
        topics: some.map((topic) => ({ topic, numPartitions: this.#partitions })),
      })
    }
  }
}

/** A new topic is unknown for a moment. */
async function describe(admin: Admin, topics: readonly string[]): Promise<ITopicMetadata[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await admin.fetchTopicMetadata({ topics: [...topics] })).topics
    } catch (error) {
      const type = protocolErrorOf(error)
      const isTransient = type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE'
      if (!isTransient || attempt === settlingAttempts) throw error
      await delay(settlingMs)
    }
  }
}
