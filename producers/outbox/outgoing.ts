/** One record on its way to Kafka. */
export interface Outgoing {
  readonly topic: string
  readonly key: string
  readonly value: Uint8Array
}

/**
 * Records for one partition, frozen: they are offered to Kafka as they are until they are stored. A batch cut anew
 * would be refused as out of sequence for ever; one that spans partitions could be stored in part.
 */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly Outgoing[]
}

/** What one record costs in memory: its bytes and about what the objects around them take. */
export function sizeOf(record: Outgoing): number {
  return record.value.byteLength + record.key.length + 150
}
