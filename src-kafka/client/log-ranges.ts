import type { Admin } from 'kafkajs'
import { protocolErrorOf } from './kafka-failure.ts'
import type { PartitionLogRange } from '../stream.ts'

const topicsAtOnce = 4

/** Log ranges of all partitions of these topics, without topics that were deleted in between. */
export async function readLogRanges(admin: Admin, topics: readonly string[]): Promise<PartitionLogRange[]> {
  const ranges: PartitionLogRange[] = []
  const remaining = [...topics]
  const work = async () => {
    for (let topic = remaining.shift(); topic !== undefined; topic = remaining.shift())
      ranges.push(...(await logRangesOf(admin, topic)))
  }
  await Promise.all(Array.from({ length: topicsAtOnce }, work))
  return ranges
}

async function logRangesOf(admin: Admin, topic: string): Promise<PartitionLogRange[]> {
  try {
    const offsets = await admin.fetchTopicOffsets(topic)
    return offsets.map(({ partition, low, high }) => ({ topic, partition, start: Number(low), end: Number(high) }))
  } catch (error) {
    if (protocolErrorOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return []
    throw error
  }
}
