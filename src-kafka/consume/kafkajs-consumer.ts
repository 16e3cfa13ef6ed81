import type { Consumer, ConsumerConfig } from 'kafkajs'

export interface ConsumerHooks {
  /** Synchronously: kafkajs fetches right after it. */
  readonly joined: (assignment: Readonly<Record<string, readonly number[]>>) => void
  readonly fetchSent: (nodeId: number) => void
  readonly fetchReceived: (nodeId: number) => void
  /** A batch without any record for us ended at this offset. */
  readonly skippedEmpty: (topic: string, partition: number, lastOffset: number) => void
  /** The group has topics that this member did not subscribe to: it has not heard of them yet. */
  readonly topicsUnknown: () => void
  /** The consumer is at its end, whether it says why or not. */
  readonly lost: (cause: unknown) => void
}

/** A crash is told by STOP and DISCONNECT first, which know no reason, and by CRASH right after. */
const reasonWithinMs = 2_000

/** Follows a consumer. A hook that throws ends it: thrown into kafkajs it would break the consumer half-way. */
export function followConsumer(consumer: Consumer, hooks: ConsumerHooks): void {
  const safely =
    <E>(listener: (event: E) => void) =>
    (event: E) => {
      try {
        listener(event)
      } catch (cause) {
        hooks.lost(cause)
      }
    }
  const ended = () => {
    setTimeout(() => hooks.lost(new Error('the consumer stopped unexpectedly')), reasonWithinMs).unref()
  }
  const { CRASH, STOP, DISCONNECT, GROUP_JOIN, RECEIVED_UNSUBSCRIBED_TOPICS, FETCH_START, FETCH, END_BATCH_PROCESS } =
    consumer.events
  const joined = safely<{ payload: { memberAssignment: Record<string, number[]> } }>(({ payload }) =>
    hooks.joined(payload.memberAssignment),
  )
  const passed = safely<{ payload: { batchSize: number; topic: string; partition: number; lastOffset: string } }>(
    ({ payload: { batchSize, topic, partition, lastOffset } }) => {
      if (batchSize === 0) hooks.skippedEmpty(topic, partition, Number(lastOffset))
    },
  )
  const fetchAsked = safely<{ payload: { nodeId: number } }>(({ payload }) => hooks.fetchSent(payload.nodeId))
  consumer.on(CRASH, ({ payload }) => hooks.lost(payload.error))
  consumer.on(STOP, ended)
  consumer.on(DISCONNECT, ended)
  consumer.on(GROUP_JOIN, joined)
  consumer.on(RECEIVED_UNSUBSCRIBED_TOPICS, safely(hooks.topicsUnknown))
  consumer.on(FETCH_START, fetchAsked)
  consumer.on(FETCH, ({ payload }) => hooks.fetchReceived(payload.nodeId))
  consumer.on(END_BATCH_PROCESS, passed)
}

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
