/**
 * Publishes to compacted topics in order, through an idempotent producer. A failed batch must be sent again unchanged.
 * Any other batch after a failure gets a new producer id: under the old one, the broker would refuse it forever.
 */
import type { Producer, RecordMetadata } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import { createKafkaClient, type KafkaClient, type KafkaClientDeps, requestTimeoutMs } from '../client/kafka-client.ts'
import { describeFailure, KafkaTimeoutError, protocolErrorOf } from '../client/kafka-failure.ts'
import { withTimeout } from '../client/waiting.ts'
import { createIdempotentProducer, lostProducerErrors } from './idempotent-producer.ts'
import type { ProducerBatch } from './producer-record.ts'
import { ensureTeamTopics } from './team-topics.ts'

const connectLimitMs = 12_000
const prepareLimitMs = 20_000
/** Longer than two attempts of kafkajs, and shorter than PostgreSQL allows for the waiting transaction. */
const sendLimitMs = 25_000
const closeLimitMs = 3_000

type OrderedBatch = ProducerBatch<string | null>

export interface OrderedProducer {
  /** Creates missing compacted topics. @returns the topics that are empty since their creation */
  prepare(topics: readonly string[]): Promise<readonly string[]>
  /** Returns once all in-sync replicas have the batch. After a failure, send the same object again. */
  send(batch: OrderedBatch): Promise<void>
  /** Also aborts a send in progress. */
  close(): Promise<void>
}

/** Its message is one sentence for the operator. */
export class ProduceError extends Error {
  override readonly name = 'ProduceError'
  /** Minimum wait until the next attempt, in ms. */
  readonly waitMs: number

  constructor(message: string, { cause, waitMs = 0 }: { cause?: unknown; waitMs?: number } = {}) {
    super(message, { cause })
    this.waitMs = waitMs
  }
}

export interface OrderedProducerDeps extends KafkaClientDeps {
  readonly log: Log
}

export function orderedProducer(deps: OrderedProducerDeps): OrderedProducer {
  return new KafkaOrderedProducer(deps)
}

class KafkaOrderedProducer implements OrderedProducer {
  readonly #deps: OrderedProducerDeps
  #client: KafkaClient | undefined
  #producer: Producer | undefined
  /** Sending failed, but the batch may be stored. */
  #uncertain: OrderedBatch | undefined

  constructor(deps: OrderedProducerDeps) {
    this.#deps = deps
  }

  async prepare(topics: readonly string[]): Promise<readonly string[]> {
    const admin = this.#openClient().kafka.admin()
    try {
      await withTimeout(connectLimitMs, 'connecting', admin.connect())
      return await withTimeout(prepareLimitMs, 'making topics', ensureTeamTopics(admin, topics))
    } catch (error) {
      throw this.#produceError(error)
    } finally {
      void admin.disconnect().catch((cause: unknown) => this.#deps.log.debug('Kafka disconnect failed', { cause }))
    }
  }

  async send(batch: OrderedBatch): Promise<void> {
    if (this.#uncertain !== undefined && this.#uncertain !== batch) this.#discardClient()
    try {
      const producer = await this.#connectedProducer()
      this.#uncertain = batch
      const stored = await withTimeout(sendLimitMs, 'sending', sendBatch(producer, batch))
      // kafkajs sends nothing, without an error, to a partition that does not exist.
      if (stored.length === 0) throw new Error(`${batch.topic} has no partition to write to`)
      this.#uncertain = undefined
    } catch (error) {
      this.#handleFailure(error)
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer
    try {
      if (producer) await withTimeout(closeLimitMs, 'disconnecting', producer.disconnect())
    } catch (cause) {
      this.#deps.log.debug('Kafka disconnect failed', { cause })
    }
    this.#discardClient()
  }

  /** Returns if the batch was stored after all. */
  #handleFailure(error: unknown): void {
    const type = protocolErrorOf(error)
    if (type === 'DUPLICATE_SEQUENCE_NUMBER') {
      // An attempt stored it, but its response was lost. kafkajs has decremented its sequence number, so this producer
      // cannot continue.
      this.#discardClient()
      return
    }
    // A send that timed out continues inside kafkajs. A second one in parallel would arrive out of sequence.
    const stuck = error instanceof KafkaTimeoutError
    const isOver = type !== undefined && (lostProducerErrors.has(type) || type === 'UNKNOWN_TOPIC_OR_PARTITION')
    if (this.#producer === undefined || stuck || isOver) this.#discardClient()
    throw this.#produceError(error)
  }

  /**
   * A producer is used only once it has its id. Without one, kafkajs would send anyway, and a retry would store
   * duplicates.
   */
  async #connectedProducer(): Promise<Producer> {
    if (this.#producer) return this.#producer
    const producer = createIdempotentProducer(this.#openClient().kafka)
    await withTimeout(connectLimitMs, 'connecting', producer.connect())
    this.#producer = producer
    return producer
  }

  #openClient(): KafkaClient {
    this.#client ??= createKafkaClient(this.#deps)
    return this.#client
  }

  #discardClient(): void {
    this.#client?.abort()
    this.#client = undefined
    this.#producer = undefined
    this.#uncertain = undefined
  }

  #produceError(error: unknown): ProduceError {
    const { sentence, waitMs } = describeFailure(error, this.#deps.settings)
    return new ProduceError(sentence, { cause: error, waitMs })
  }
}

function sendBatch(producer: Producer, { topic, records, headers = {} }: OrderedBatch): Promise<RecordMetadata[]> {
  const messages = records.map(({ key, value, at }) => ({
    key,
    value,
    ...(at === undefined ? {} : { timestamp: String(at) }),
    headers: { ...headers },
  }))
  return producer.send({ topic, acks: -1, timeout: requestTimeoutMs, messages })
}
