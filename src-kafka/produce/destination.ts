import type { PartitionBatch, ProducerRecord } from './producer-record.ts'

/** Target of a send queue. One call at a time. */
export interface Destination {
  /**
   * Groups records into batches of one partition each, in order.
   * @throws if Kafka is unreachable; nothing was stored
   */
  toBatches(records: readonly ProducerRecord[]): Promise<PartitionBatch[]>
  /**
   * Stores a batch once, however often it is sent.
   * @throws StaleBatchesError if this batch was not stored and all pending batches must be rebuilt
   * @throws any other error if the batch may have been stored: send the same object again
   */
  store(batch: PartitionBatch): Promise<void>
  close(): Promise<void>
}

/** The producer id or the partitions that the batches were built for no longer exist. */
export class StaleBatchesError extends Error {}
