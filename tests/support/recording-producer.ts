import type { OrderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import type { ProducerBatch } from '../../src-kafka/produce/producer-record.ts'

/** A fake Kafka for tests that choose its responses. Keeps the guarantees of `OrderedProducer`. */
export class RecordingProducer implements OrderedProducer {
  /** Batches in send order, including failed ones. */
  readonly offered: ProducerBatch<string | null>[] = []
  /** Records in the topics, in order. */
  readonly stored: Array<{ topic: string; key: string; value: string | null }> = []
  /** Called before a batch is stored; a throw simulates a broker that refuses it. */
  answer: (batch: ProducerBatch<string | null>) => Promise<void> = () => Promise.resolve()
  /** Topics that were never written. */
  empty: string[] = []
  isClosed = false

  prepare(): Promise<readonly string[]> {
    const { empty } = this
    this.empty = []
    return Promise.resolve(empty)
  }

  async send(batch: ProducerBatch<string | null>): Promise<void> {
    this.offered.push(batch)
    await this.answer(batch)
    for (const { key, value } of batch.records) this.stored.push({ topic: batch.topic, key, value })
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}
