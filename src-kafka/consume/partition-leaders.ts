import { matchingTopics } from '../client/topics.ts'
import type { TopicPartition } from '../stream.ts'
import { BrokerError, errorCode } from '../wire/error-codes.ts'
import type { ClusterMetadata } from '../wire/metadata.ts'
import { noBroker } from './partition-state.ts'

/** A partition of a topic that matches the pattern. */
export interface LedPartition extends TopicPartition {
  /** Broker that leads it, or `noBroker`. */
  readonly leader: number
}

/** What the brokers say about the topics to read. */
export interface TopicMap {
  /** Names, sorted. */
  readonly topics: readonly string[]
  readonly partitions: readonly LedPartition[]
  /** By topic; empty where the broker does not say. */
  readonly ids: ReadonlyMap<string, string>
}

/** @throws BrokerError if this user may not see a matching topic */
export function topicMapOf({ topics }: ClusterMetadata, pattern: string): TopicMap {
  const names = matchingTopics(
    topics.map(({ topic }) => topic),
    pattern,
  )
  const isWanted = new Set(names)
  const found = topics.filter(({ topic }) => isWanted.has(topic))
  const refused = found.find((topic) => topic.errorCode === errorCode.topicAuthorizationFailed)
  if (refused) throw new BrokerError(refused.errorCode, refused.topic)
  return {
    topics: names,
    partitions: found.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, leader }) => ({ topic, partition, leader: leader < 0 ? noBroker : leader })),
    ),
    ids: new Map(found.map(({ topic, id }) => [topic, id])),
  }
}

/** Topics that were deleted and created again. */
export function recreatedTopics(before: TopicMap, after: TopicMap): string[] {
  return after.topics.filter((topic) => {
    const old = before.ids.get(topic)
    return old !== undefined && old !== after.ids.get(topic)
  })
}
