import type { PartitionBatch, ProducerRecord } from './producer-record.ts'

/** Where an outbox delivers to. One call at a time. */
export interface Destination {
  /**
   * Sorts records into batches, one after another for each partition, in order.
   * @throws when Kafka is away; nothing was stored then
   */
  toBatches(records: readonly ProducerRecord[]): Promise<PartitionBatch[]>
  /**
   * Stores a batch once, however often it is offered.
   * @throws BatchesInvalid when this batch, and those cut with it, must be cut again: it is not stored
   * @throws any other error when it may or may not be stored: offer the very same batch again
   */
  store(batch: PartitionBatch): Promise<void>
  close(): Promise<void>
}

/** The producer session or the partitions for which the batches were cut are gone. */
export class StaleBatchesError extends Error {}
