/**
 * Kafka behind an idempotent producer: the broker knows each batch by producer id and sequence number, and takes it
 * once. Holds only if a send that failed is repeated unchanged, one at a time (see outbox.ts).
 */
import {
  Kafka,
  type KafkaConfig,
  logLevel,
  type PartitionMetadata,
  Partitioners,
  type Producer,
  type RecordMetadata,
} from 'kafkajs'
import { Cutter } from './cutter.ts'
import { BatchesInvalid, type Destination } from './destination.ts'
import { protocolErrorOf } from './kafka-errors.ts'
import type { Batch, Outgoing } from './outgoing.ts'
import { TopicDirectory } from './topic-directory.ts'

export type KafkaAccess = Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>

const requestTimeoutMs = 10_000

/** The broker does not know this producer (any more): it has not stored the batch and never will. */
const sessionLost = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])

/** @param clientId names this program in the broker's logs and quotas */
export function kafkaClient(access: KafkaAccess, clientId: string): Kafka {
  return new Kafka({
    ...access,
    clientId,
    logLevel: logLevel.NOTHING, // failures come back as errors, and the outbox says them
    connectionTimeout: 10_000,
    requestTimeout: requestTimeoutMs,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 },
  })
}

export class KafkaDestination implements Destination {
  readonly #kafka: Kafka
  readonly #topics: TopicDirectory
  readonly #partitionOf = Partitioners.DefaultPartitioner()
  #producer: Producer | undefined

  /** @param partitions what a topic that does not exist yet is created with */
  constructor(kafka: Kafka, partitions: number) {
    this.#kafka = kafka
    this.#topics = new TopicDirectory(kafka, partitions)
  }

  async cut(records: readonly Outgoing[]): Promise<Batch[]> {
    const counts = await this.#topics.partitionCounts(new Set(records.map((record) => record.topic)))
    const cutter = new Cutter()
    for (const record of records) cutter.add(record, this.#partition(record, counts.get(record.topic) ?? 1))
    return cutter.batches
  }

  async store(batch: Batch): Promise<void> {
    const { topic, partition } = batch
    await this.#topics.partitionCounts(new Set([topic])) // makes it again where it was deleted
    const producer = await this.#connected()
    const messages = batch.records.map(({ key, value }) => ({ key, value: value as Buffer, partition }))
    let answers: RecordMetadata[]
    try {
      answers = await producer.send({ topic, acks: -1, timeout: requestTimeoutMs, messages })
    } catch (error) {
      await this.#judge(error, topic)
      return
    }
    // kafkajs sends nothing, and says nothing, for a partition that the topic does not have
    if (answers.length === 0) throw await this.#invalid(`${topic} has no partition ${partition} any more`)
  }

  async close(): Promise<void> {
    await this.#forgetProducer()
  }

  /** Returns when the batch turned out to be stored. */
  async #judge(error: unknown, topic: string): Promise<void> {
    const type = protocolErrorOf(error)
    if (type === 'DUPLICATE_SEQUENCE_NUMBER') {
      // Stored by an attempt whose answer was lost. kafkajs has turned its counter back, so it must not go on with it.
      await this.#forgetProducer()
      return
    }
    if (type !== undefined && sessionLost.has(type)) throw await this.#invalid(type)
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') this.#topics.forget(topic)
    throw error
  }

  async #invalid(reason: string): Promise<BatchesInvalid> {
    this.#topics.forgetAll()
    await this.#forgetProducer()
    return new BatchesInvalid(reason)
  }

  /** A producer is handed out only once it has its id: kafkajs would send without one, and a retry would double. */
  async #connected(): Promise<Producer> {
    if (this.#producer) return this.#producer
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 1 },
    })
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect()
      throw error
    }
    this.#producer = producer
    return producer
  }

  async #forgetProducer(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.disconnect()
  }

  /** The default partitioner of all Kafka clients for records with a key: murmur2 of the key. */
  #partition(record: Outgoing, count: number): number {
    if (count === 1) return 0
    const partitionMetadata = partitionsOf(count)
    return this.#partitionOf({ topic: record.topic, partitionMetadata, message: { key: record.key, value: null } })
  }
}

let lastPartitions: PartitionMetadata[] = []

/** With a key the partitioner only counts them. */
function partitionsOf(count: number): PartitionMetadata[] {
  if (lastPartitions.length !== count) {
    const one = { partitionErrorCode: 0, leader: 0, replicas: [], isr: [] }
    lastPartitions = Array.from({ length: count }, (_, partitionId) => ({ ...one, partitionId }))
  }
  return lastPartitions
}
