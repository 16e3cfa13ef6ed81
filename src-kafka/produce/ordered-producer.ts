/**
 * Writes to compacted topics in order. The broker knows each batch by producer id and sequence number and takes it
 * once; that holds only if a batch that failed is offered again unchanged, one at a time. Any other batch after a
 * failure goes out under a new producer id: under the old one the broker would refuse it for ever.
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
/** Above two attempts inside kafkajs, and below what PostgreSQL allows the transaction that waits for it. */
const sendLimitMs = 25_000
const closeLimitMs = 3_000

type OrderedBatch = ProducerBatch<string | null>

export interface OrderedProducer {
  /** Makes those compacted topics that are missing. @returns the ones that nothing was ever written to */
  prepare(topics: readonly string[]): Promise<readonly string[]>
  /** Returns once all copies have it. After a failure the very same object is to be offered again. */
  send(batch: OrderedBatch): Promise<void>
  /** Also cuts off a send that is under way. */
  close(): Promise<void>
}

/** What went wrong, as one sentence for the operator. */
export class ProduceError extends Error {
  override readonly name = 'ProduceError'
  /** At least this long until the next attempt. */
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
  /** Failed, and may be stored all the same. */
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
      // kafkajs sends nothing, and says nothing, for a partition that is not there.
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

  /** Returns when the batch turned out to be stored. */
  #handleFailure(error: unknown): void {
    const type = protocolErrorOf(error)
    if (type === 'DUPLICATE_SEQUENCE_NUMBER') {
      // By an attempt whose answer was lost. kafkajs has turned its counter back, so it must not go on with it.
      this.#discardClient()
      return
    }
    // A send that outlived its limit goes on inside kafkajs; a second one beside it would be taken out of turn.
    const stuck = error instanceof KafkaTimeoutError
    const isOver = type !== undefined && (lostProducerErrors.has(type) || type === 'UNKNOWN_TOPIC_OR_PARTITION')
    if (this.#producer === undefined || stuck || isOver) this.#discardClient()
    throw this.#produceError(error)
  }

  /** A producer is used only once it has its id: kafkajs would send without one, and a repetition would double. */
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

function sendBatch(producer: Producer, { topic, records }: OrderedBatch): Promise<RecordMetadata[]> {
  const messages = records.map(({ key, value, at }) => ({
    key,
    value,
    ...(at === undefined ? {} : { timestamp: String(at) }),
  }))
  return producer.send({ topic, acks: -1, timeout: requestTimeoutMs, messages })
}
