import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'

/** Fetches in parallel, one a broker and partition. */
const partitionsConsumedConcurrently = 3

let groups = 0

/**
 * The limit of reading: kafkajs's own consumer, which only receives. Its settings are those with which ReMo used it:
 * large fetches, answered after 100 ms at the latest.
 */
export async function startBareConsumer(
  kafka: Kafka,
  topic: string,
  receive: (batch: EachBatchPayload['batch']) => void,
): Promise<Consumer> {
  const consumer = kafka.consumer({
    groupId: `bench-${groups++}`,
    minBytes: 256 * 1024,
    maxWaitTimeInMs: 100,
    maxBytes: 4 * 1024 * 1024,
    maxBytesPerPartition: 1024 * 1024 + 64 * 1024,
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3_000,
    allowAutoTopicCreation: false,
    readUncommitted: true,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently,
    eachBatch: ({ batch }) => {
      receive(batch)
      return Promise.resolve()
    },
  })
  return consumer
}
