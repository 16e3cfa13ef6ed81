import type { OrderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import type { ProducerBatch } from '../../src-kafka/produce/producer-record.ts'

/** Stands for Kafka where a test decides what it answers. Keeps to the promises of `OrderedProducer`. */
export class RecordingProducer implements OrderedProducer {
  /** Batches in the order in which they were offered, failed ones included. */
  readonly offered: ProducerBatch<string | null>[] = []
  /** What is in the topics, in order. */
  readonly stored: Array<{ topic: string; key: string; value: string | null }> = []
  /** Asked before a batch is stored; a throw stands for a broker that does not take it. */
  answer: (batch: ProducerBatch<string | null>) => Promise<void> = () => Promise.resolve()
  /** Topics that nothing was ever written to. */
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
