import type { PartitionBatch, ProducerRecord } from './producer-record.ts'

/** Well below the broker's limit of a batch (message.max.bytes, 1 MiB). kafkajs groups a batch in quadratic time. */
const batchLimits = { records: 1_000, bytes: 512 * 1024 }

interface OpenBatch extends PartitionBatch {
  readonly records: ProducerRecord[]
  bytes: number
}

/** Splits records into batches of one partition each, and keeps their order within a partition. */
export class Batcher {
  readonly #open = new Map<string, OpenBatch>()
  readonly batches: PartitionBatch[] = []

  add(record: ProducerRecord, partition: number): void {
    const key = `${record.topic}/${partition}`
    let batch = this.#open.get(key)
    const bytes = record.value.byteLength
    if (!batch || batch.records.length >= batchLimits.records || batch.bytes + bytes > batchLimits.bytes) {
      batch = { topic: record.topic, partition, records: [], bytes: 0 }
      this.#open.set(key, batch)
      this.batches.push(batch)
    }
    batch.records.push(record)
    batch.bytes += bytes
  }
}
