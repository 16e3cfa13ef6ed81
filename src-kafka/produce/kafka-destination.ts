/** Kafka as the target of a send queue, through an idempotent producer. */
import { type PartitionMetadata, Partitioners, type Producer, type RecordMetadata } from 'kafkajs'
import { createKafkaClient, type KafkaClient, requestTimeoutMs } from '../client/kafka-client.ts'
import { protocolErrorOf } from '../client/kafka-failure.ts'
import type { ClientSettings } from '../client/kafka-settings.ts'
import { Batcher } from './batcher.ts'
import { type Destination, StaleBatchesError } from './destination.ts'
import { createIdempotentProducer, lostProducerErrors } from './idempotent-producer.ts'
import type { PartitionBatch, ProducerRecord } from './producer-record.ts'
import { TopicPartitions } from './topic-partitions.ts'

/** kafkajs retries little, because the send queue retries forever. */
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 2 }

export interface KafkaDestinationDeps {
  readonly settings: ClientSettings
  /** Partitions of a new topic. */
  readonly partitions: number
  readonly now: () => number
}

export class KafkaDestination implements Destination {
  readonly #client: KafkaClient
  readonly #topics: TopicPartitions
  readonly #partitionOf = Partitioners.DefaultPartitioner()
  #producer: Producer | undefined

  constructor({ settings, partitions, now }: KafkaDestinationDeps) {
    this.#client = createKafkaClient({ settings, now, retry })
    this.#topics = new TopicPartitions(this.#client.kafka, partitions)
  }

  async toBatches(records: readonly ProducerRecord[]): Promise<PartitionBatch[]> {
    const counts = await this.#topics.partitionCounts(new Set(records.map((record) => record.topic)))
    const batcher = new Batcher()
    for (const record of records) batcher.add(record, this.#partition(record, counts.get(record.topic) ?? 1))
    return batcher.batches
  }

  async store(batch: PartitionBatch): Promise<void> {
    const { topic, partition } = batch
    await this.#topics.partitionCounts(new Set([topic])) // recreates a deleted topic
    const producer = await this.#connectedProducer()
    const messages = batch.records.map(({ key, value }) => ({ key, value: value as Buffer, partition }))
    let stored: RecordMetadata[]
    try {
      stored = await producer.send({ topic, acks: -1, timeout: requestTimeoutMs, messages })
    } catch (error) {
      await this.#handleFailure(error, topic)
      return
    }
    // kafkajs sends nothing, without an error, to a partition that the topic does not have
    if (stored.length === 0) throw await this.#stale(`${topic} no longer has partition ${partition}`)
  }

  async close(): Promise<void> {
    await this.#discardProducer()
    this.#client.abort()
  }

  /** Returns if the batch was stored after all. */
  async #handleFailure(error: unknown, topic: string): Promise<void> {
    const type = protocolErrorOf(error)
    if (type === 'DUPLICATE_SEQUENCE_NUMBER') {
      // An attempt stored it, but its response was lost. kafkajs has decremented its sequence number, so this producer
      // cannot continue.
      await this.#discardProducer()
      return
    }
    if (type !== undefined && lostProducerErrors.has(type)) throw await this.#stale(type)
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') this.#topics.discard(topic)
    throw error
  }

  async #stale(reason: string): Promise<StaleBatchesError> {
    this.#topics.discardAll()
    await this.#discardProducer()
    return new StaleBatchesError(reason)
  }

  /**
   * A producer is used only once it has its id. Without one, kafkajs would send anyway, and a retry would store
   * duplicates.
   */
  async #connectedProducer(): Promise<Producer> {
    if (this.#producer) return this.#producer
    const producer = createIdempotentProducer(this.#client.kafka)
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect()
      throw error
    }
    this.#producer = producer
    return producer
  }

  async #discardProducer(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.disconnect()
  }

  /** The default partitioner of all Kafka clients for records with a key: murmur2 of the key. */
  #partition(record: ProducerRecord, count: number): number {
    if (count === 1) return 0
    const partitionMetadata = partitionsOf(count)
    return this.#partitionOf({ topic: record.topic, partitionMetadata, message: { key: record.key, value: null } })
  }
}

let lastPartitions: PartitionMetadata[] = []

/** For records with a key, the partitioner only counts them. */
function partitionsOf(count: number): PartitionMetadata[] {
  if (lastPartitions.length !== count) {
    const one = { partitionErrorCode: 0, leader: 0, replicas: [], isr: [] }
    lastPartitions = Array.from({ length: count }, (_, partitionId) => ({ ...one, partitionId }))
  }
  return lastPartitions
}
