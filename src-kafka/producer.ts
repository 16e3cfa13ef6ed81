/**
 * Writes to compacted topics in order. The broker knows each batch by producer id and sequence number and takes it
 * once; that holds only if a batch that failed is offered again unchanged, one at a time. Any other batch after a
 * failure goes out under a new producer id: under the old one the broker would refuse it for ever.
 */
import { Partitioners, type Producer, type RecordMetadata } from 'kafkajs'
import { type Client, type ClientDeps, makeClient } from './client.ts'
import { describeFailure } from './failure.ts'
import { protocolErrorOf } from './protocol-error.ts'
import { ensureSharedTopics } from './shared-topics.ts'
import { within } from './time-limit.ts'

const connectLimitMs = 12_000
const prepareLimitMs = 20_000
const acknowledgeLimitMs = 8_000
/** Above two attempts inside kafkajs, and below what PostgreSQL allows the transaction that waits for it. */
const sendLimitMs = 25_000
const closeLimitMs = 3_000

/** After these the broker takes nothing more from this producer, or the topic it knew is another one. */
const producerIsOver = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'UNKNOWN_TOPIC_OR_PARTITION',
])

export interface OutgoingRecord {
  readonly key: string
  /** `null`: tombstone. */
  readonly value: string | null
  /** Epoch ms. */
  readonly at: number
}

export interface Batch {
  readonly topic: string
  readonly records: readonly OutgoingRecord[]
  /** Of every record. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface OrderedProducer {
  /** Makes those compacted topics that are missing. @returns the ones that nothing was ever written to */
  prepare(topics: readonly string[]): Promise<readonly string[]>
  /** Returns once all copies have it. After a failure the very same object is to be offered again. */
  send(batch: Batch): Promise<void>
  /** Also cuts off a send that is under way. */
  close(): Promise<void>
}

/** What went wrong, as one sentence for the operator. */
export class KafkaWriteError extends Error {
  override readonly name = 'KafkaWriteError'
  /** At least this long until the next attempt. */
  readonly waitMs: number

  constructor(message: string, { cause, waitMs = 0 }: { cause?: unknown; waitMs?: number } = {}) {
    super(message, { cause })
    this.waitMs = waitMs
  }
}

export function orderedProducer(deps: ClientDeps): OrderedProducer {
  return new KafkaProducer(deps)
}

class KafkaProducer implements OrderedProducer {
  readonly #deps: ClientDeps
  #client: Client | undefined
  #producer: Producer | undefined
  /** Failed, and may be stored all the same. */
  #unsure: Batch | undefined

  constructor(deps: ClientDeps) {
    this.#deps = deps
  }

  async prepare(topics: readonly string[]): Promise<readonly string[]> {
    const admin = this.#connection().kafka.admin()
    try {
      await within(connectLimitMs, 'connecting', admin.connect())
      return await within(prepareLimitMs, 'making topics', ensureSharedTopics(admin, topics))
    } catch (error) {
      throw this.#sentence(error)
    } finally {
      void admin.disconnect().catch((cause: unknown) => this.#deps.log.debug('no goodbye to kafka', { cause }))
    }
  }

  async send(batch: Batch): Promise<void> {
    if (this.#unsure !== undefined && this.#unsure !== batch) this.#giveUp()
    try {
      const producer = await this.#connected()
      this.#unsure = batch
      const stored = await within(sendLimitMs, 'sending', offer(producer, batch))
      // kafkajs sends nothing, and says nothing, for a partition that is not there.
      if (stored.length === 0) throw new Error(`${batch.topic} has no partition to write to`)
      this.#unsure = undefined
    } catch (error) {
      this.#judge(error)
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer
    try {
      if (producer) await within(closeLimitMs, 'disconnecting', producer.disconnect())
    } catch (cause) {
      this.#deps.log.debug('no goodbye to kafka', { cause })
    }
    this.#giveUp()
  }

  /** Returns when the batch turned out to be stored. */
  #judge(error: unknown): void {
    const type = protocolErrorOf(error)
    if (type === 'DUPLICATE_SEQUENCE_NUMBER') {
      // By an attempt whose answer was lost. kafkajs has turned its counter back, so it must not go on with it.
      this.#giveUp()
      return
    }
    // A send that outlived its limit goes on inside kafkajs; a second one beside it would be taken out of turn.
    const stuck = error instanceof Error && error.name === 'NoAnswerError'
    const isOver = type !== undefined && producerIsOver.has(type)
    if (this.#producer === undefined || stuck || isOver) this.#giveUp()
    throw this.#sentence(error)
  }

  /** A producer is used only once it has its id: kafkajs would send without one, and a repetition would double. */
  async #connected(): Promise<Producer> {
    if (this.#producer) return this.#producer
    const producer = this.#connection().kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 1 },
    })
    await within(connectLimitMs, 'connecting', producer.connect())
    this.#producer = producer
    return producer
  }

  #connection(): Client {
    this.#client ??= makeClient(this.#deps, () => undefined)
    return this.#client
  }

  #giveUp(): void {
    this.#client?.cut()
    this.#client = undefined
    this.#producer = undefined
    this.#unsure = undefined
  }

  #sentence(error: unknown): KafkaWriteError {
    const { sentence, waitMs } = describeFailure(error, this.#deps.settings)
    return new KafkaWriteError(sentence, { cause: error, waitMs })
  }
}

function offer(producer: Producer, { topic, records, headers = {} }: Batch): Promise<RecordMetadata[]> {
  const messages = records.map(({ key, value, at }) => ({ key, value, timestamp: String(at), headers: { ...headers } }))
  return producer.send({ topic, acks: -1, timeout: acknowledgeLimitMs, messages })
}
