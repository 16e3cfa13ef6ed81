/** One record on its way to Kafka. `Value`: its form; `null` is a tombstone. */
export interface ProducerRecord<Value extends Uint8Array | string | null = Uint8Array> {
  readonly topic: string
  readonly key: string
  readonly value: Value
  /** Timestamp of the record, epoch ms. Absent: the time at which it is sent. */
  readonly at?: number
}

/** Records for one topic, sent in one request. After a failure, the same object must be sent again. */
export interface ProducerBatch<Value extends Uint8Array | string | null = Uint8Array> {
  readonly topic: string
  readonly records: ReadonlyArray<ProducerRecord<Value>>
  /** Headers of every record. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Records for one partition, unchanged until they are stored. Why:
 * - The broker would refuse a rebuilt batch as out of sequence, forever.
 * - Kafka could store only a part of a batch that spans partitions.
 */
export interface PartitionBatch extends ProducerBatch {
  readonly partition: number
}

/** Bytes of one record in memory: its content, and about 150 for the objects around it. */
export function recordSize(record: ProducerRecord): number {
  return record.value.byteLength + record.key.length + 150
}
