import type { Batch, Outgoing } from './outgoing.ts'

/** Well below the broker's limit for a batch (message.max.bytes, 1 MiB); kafkajs groups a batch in quadratic time. */
const limits = { records: 1_000, bytes: 512 * 1024 }

interface OpenBatch extends Batch {
  readonly records: Outgoing[]
  bytes: number
}

/** Cuts records into batches of one partition each; within a partition their order stays. */
export class Cutter {
  readonly #open = new Map<string, OpenBatch>()
  readonly batches: Batch[] = []

  add(record: Outgoing, partition: number): void {
    const lane = `${record.topic}/${partition}`
    let batch = this.#open.get(lane)
    const bytes = record.value.byteLength
    if (!batch || batch.records.length >= limits.records || batch.bytes + bytes > limits.bytes) {
      batch = { topic: record.topic, partition, records: [], bytes: 0 }
      this.#open.set(lane, batch)
      this.batches.push(batch)
    }
    batch.records.push(record)
    batch.bytes += bytes
  }
}
