import type { ConsumerConfig } from 'kafkajs'

/** From this many partitions on a fetch costs enough to be made less often. */
const manyPartitions = 200

/**
 * Kafka is fetched by the clock: the cost of a fetch grows with the partitions it names, so a fetch waits for
 * `maxWaitTimeInMs` rather than for the first byte. `minBytes` is what one partition that is far behind can deliver at
 * once: above that a lone one would catch up at a fraction of its speed, since its share of a fetch is bounded.
 */
export function consumerSettings(groupId: string, partitions: number, maxBytes: number): ConsumerConfig {
  return {
    groupId,
    minBytes: 256 * 1024,
    maxWaitTimeInMs: partitions > manyPartitions ? 250 : 100,
    maxBytes,
    // A batch of the broker's default limit fits: a larger one is delivered only while no other partition has data.
    maxBytesPerPartition: 1024 * 1024 + 64 * 1024,
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3_000,
    metadataMaxAge: 30_000,
    allowAutoTopicCreation: false,
    // Producers of metrics use no transactions; a hanging one must not hold the topic up.
    readUncommitted: true,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  }
}
