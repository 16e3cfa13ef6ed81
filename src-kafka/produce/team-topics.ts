import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'

const settleWithinMs = 10_000
const settleEveryMs = 50

/** One partition, because only the newest record of a key matters. The replication factor is the cluster's default. */
const layout = {
  numPartitions: 1,
  replicationFactor: -1,
  configEntries: Object.entries({
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.1',
    // Kafka never compacts the active segment.
    'segment.ms': String(3_600_000),
    // Consoles that were disconnected for less than this still receive tombstones.
    'delete.retention.ms': String(7 * 24 * 3_600_000),
  }).map(([name, value]) => ({ name, value })),
} satisfies Omit<ITopicConfig, 'topic'>

/** Creates missing compacted topics. @returns the topics that are empty since their creation */
export async function ensureTeamTopics(admin: Admin, topics: readonly string[]): Promise<string[]> {
  const there = new Set(await admin.listTopics())
  for (const topic of topics) {
    // kafkajs sometimes does not find the leaders of existing topics, so it must not wait for them.
    if (!there.has(topic)) await admin.createTopics({ topics: [{ topic, ...layout }], waitForLeaders: false })
  }
  const empty: string[] = []
  for (const topic of topics) if (await isEmpty(admin, topic)) empty.push(topic)
  return empty
}

/** Waits until a new topic has leaders. */
async function isEmpty(admin: Admin, topic: string): Promise<boolean> {
  const deadline = performance.now() + settleWithinMs
  for (;;) {
    try {
      const ends = await admin.fetchTopicOffsets(topic)
      return ends.every(({ high }) => high === '0')
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(settleEveryMs)
    }
  }
}
