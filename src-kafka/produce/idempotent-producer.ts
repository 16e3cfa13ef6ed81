import { type Kafka, Partitioners, type Producer } from 'kafkajs'

/**
 * The broker recognizes each batch by producer id and sequence number, and stores it once. **Invariant**: batches are
 * sent one at a time, and a failed batch is sent again unchanged.
 */
export function createIdempotentProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { retries: 1 },
  })
}

/** Protocol errors after which the broker accepts nothing more under this producer id. It has not stored the batch. */
export const lostProducerErrors: ReadonlySet<string> = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])
