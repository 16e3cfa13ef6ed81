import type { Consumer } from 'kafkajs'

export interface ConsumerHooks {
  /** Synchronously: kafkajs fetches right after it. */
  readonly joined: (assignment: Readonly<Record<string, readonly number[]>>) => void
  readonly fetchAsked: (nodeId: number) => void
  readonly fetchAnswered: (nodeId: number) => void
  /** A batch without any record for us ended at this offset. */
  readonly passedEmpty: (topic: string, partition: number, lastOffset: number) => void
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
    setTimeout(() => hooks.lost(new Error('the consumer stopped by itself')), reasonWithinMs).unref()
  }
  const { CRASH, STOP, DISCONNECT, GROUP_JOIN, RECEIVED_UNSUBSCRIBED_TOPICS, FETCH_START, FETCH, END_BATCH_PROCESS } =
    consumer.events
  const joined = safely<{ payload: { memberAssignment: Record<string, number[]> } }>(({ payload }) =>
    hooks.joined(payload.memberAssignment),
  )
  const passed = safely<{ payload: { batchSize: number; topic: string; partition: number; lastOffset: string } }>(
    ({ payload: { batchSize, topic, partition, lastOffset } }) => {
      if (batchSize === 0) hooks.passedEmpty(topic, partition, Number(lastOffset))
    },
  )
  const fetchAsked = safely<{ payload: { nodeId: number } }>(({ payload }) => hooks.fetchAsked(payload.nodeId))
  consumer.on(CRASH, ({ payload }) => hooks.lost(payload.error))
  consumer.on(STOP, ended)
  consumer.on(DISCONNECT, ended)
  consumer.on(GROUP_JOIN, joined)
  consumer.on(RECEIVED_UNSUBSCRIBED_TOPICS, safely(hooks.topicsUnknown))
  consumer.on(FETCH_START, fetchAsked)
  consumer.on(FETCH, ({ payload }) => hooks.fetchAnswered(payload.nodeId))
  consumer.on(END_BATCH_PROCESS, passed)
}
