import type { Admin } from 'kafkajs'
import type { PartitionEnd } from './stream.ts'

const atOnce = 4

/** Ends of all partitions of these topics. A topic that is deleted meanwhile is left out. */
export async function readEnds(admin: Admin, topics: readonly string[]): Promise<PartitionEnd[]> {
  const ends: PartitionEnd[] = []
  const left = [...topics]
  const work = async () => {
    for (let topic = left.shift(); topic !== undefined; topic = left.shift()) ends.push(...(await endsOf(admin, topic)))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return ends
}

async function endsOf(admin: Admin, topic: string): Promise<PartitionEnd[]> {
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.map(({ partition, low, high }) => ({ topic, partition, low: Number(low), end: Number(high) }))
  } catch (error) {
    if (isUnknownTopic(error)) return []
    throw error
  }
}

function isUnknownTopic(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as Error & { type?: unknown }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return true
  }
  return false
}
