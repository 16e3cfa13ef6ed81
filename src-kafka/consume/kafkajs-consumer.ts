import type { Consumer, ConsumerConfig } from 'kafkajs'

export interface ConsumerHooks {
  /** Runs synchronously, because kafkajs fetches right after it. */
  readonly joined: (assignment: Readonly<Record<string, readonly number[]>>) => void
  readonly fetchSent: (nodeId: number) => void
  readonly fetchReceived: (nodeId: number) => void
  /** A batch without records for this reader ended at this offset. */
  readonly skippedEmpty: (topic: string, partition: number, lastOffset: number) => void
  /** The group has topics that this member has not subscribed to. It does not know them yet. */
  readonly topicsUnknown: () => void
  /** The consumer stopped, with or without a reason. */
  readonly lost: (cause: unknown) => void
}

/** After a crash, kafkajs emits STOP and DISCONNECT without a reason, and then CRASH with it. */
const reasonWithinMs = 2_000

/**
 * Follows a consumer. A hook that throws ends it. If the error reached kafkajs, it would leave the consumer half
 * stopped.
 */
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

/** From this number of partitions on, fetches are expensive and sent less often. */
const manyPartitions = 200

/**
 * Fetches are timed: a fetch waits for `maxWaitTimeInMs`, not for the first byte, because its cost grows with its
 * partitions. `minBytes` is what one partition in a backlog can deliver at once. A larger value would slow down a
 * single partition, whose share of a fetch is limited.
 */
export function consumerSettings(groupId: string, partitions: number, maxBytes: number): ConsumerConfig {
  return {
    groupId,
    minBytes: 256 * 1024,
    maxWaitTimeInMs: partitions > manyPartitions ? 250 : 100,
    maxBytes,
    // A batch of the broker's default limit fits. A larger one is delivered only while no other partition has data.
    maxBytesPerPartition: 1024 * 1024 + 64 * 1024,
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 3_000,
    metadataMaxAge: 30_000,
    allowAutoTopicCreation: false,
    // Metric producers use no transactions. A hanging one must not block the topic.
    readUncommitted: true,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  }
}
