import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'

/** Records per partition and request. */
const batch = 500
const pauseMs = 200

/** A keyed topic with one node per partition and one record per second: the count shows a lost or duplicated row. */
export class LoadTopic {
  readonly topic: string
  readonly #kafka: Kafka
  readonly #partitions: number
  #perPartition = 0
  #isOver = false
  #writing = Promise.resolve()

  constructor(kafka: Kafka, topic: string, partitions: number) {
    this.topic = topic
    this.#kafka = kafka
    this.#partitions = partitions
  }

  /** Records that Kafka has acknowledged, by partition. */
  get sizes(): number[] {
    return Array.from({ length: this.#partitions }, () => this.#perPartition)
  }

  async create(): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: this.topic, numPartitions: this.#partitions }] })
    await admin.disconnect()
  }

  /** Number of members in the backends' group. */
  async readers(): Promise<number> {
    const admin = this.#kafka.admin()
    await admin.connect()
    try {
      const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId)
      const { groups } = await admin.describeGroups(ids.filter((id) => /^remo-backend-[0-9a-f]+$/.test(id)))
      return groups[0]?.members.length ?? 0
    } finally {
      await admin.disconnect()
    }
  }

  start(): void {
    this.#writing = this.#write()
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#writing
  }

  async #write(): Promise<void> {
    const producer = this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    // old enough that no record is ahead of the clock, even if writing takes minutes
    const begin = Date.now() - 100_000 * 1000
    while (!this.#isOver) {
      const messages = Array.from({ length: this.#partitions * batch }, (_, i) => {
        const partition = i % this.#partitions
        const at = begin + (this.#perPartition + Math.floor(i / this.#partitions)) * 1000
        return { partition, key: `load-${partition}`, value: messageOf(`load-${partition}`, at) }
      })
      await producer.send({ topic: this.topic, acks: -1, messages })
      this.#perPartition += batch
      await delay(pauseMs)
    }
    await producer.disconnect()
  }
}

function messageOf(node: string, atMs: number): string {
  const timestamp = new Date(atMs).toISOString()
  return JSON.stringify({ node_id: node, node_name: node, timestamp, metrics: { cpu_usage: 20, memory_usage: 30 } })
}
