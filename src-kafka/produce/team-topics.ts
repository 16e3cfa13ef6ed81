import { setTimeout as delay } from 'node:timers/promises'
import type { Admin, ITopicConfig } from 'kafkajs'

const settleWithinMs = 10_000
const settleEveryMs = 50

/** One partition, so that one record a key is all there is to read; as many copies as the cluster makes by itself. */
const layout = {
  numPartitions: 1,
  replicationFactor: -1,
  configEntries: Object.entries({
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.1',
    // The segment that is written to is never compacted.
    'segment.ms': String(3_600_000),
    // For so long a console that was away still hears that something was forgotten.
    'delete.retention.ms': String(7 * 24 * 3_600_000),
  }).map(([name, value]) => ({ name, value })),
} satisfies Omit<ITopicConfig, 'topic'>

/** Makes those compacted topics that are missing. @returns the ones that nothing was ever written to */
export async function ensureTeamTopics(admin: Admin, topics: readonly string[]): Promise<string[]> {
  const there = new Set(await admin.listTopics())
  for (const topic of topics) {
    // kafkajs sometimes does not find the leaders of topics that are there, so it is not the one to wait for them.
    if (!there.has(topic)) await admin.createTopics({ topics: [{ topic, ...layout }], waitForLeaders: false })
  }
  const empty: string[] = []
  for (const topic of topics) if (await isEmpty(admin, topic)) empty.push(topic)
  return empty
}

/** Waits until a topic that was just made has leaders. */
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
