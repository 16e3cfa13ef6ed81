import type { PartitionLogRange, TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { type ListedOffset, offsetOf } from '../wire/list-offsets.ts'
import type { BrokerConnections } from './broker-connections.ts'

interface LedPartition extends TopicPartition {
  readonly leader: number
}

/**
 * Log ranges of these partitions, from their leaders. Partitions without a leader, and those whose leader moved or whose
 * topic was deleted in between, are left out.
 * @throws if a broker does not answer, or refuses
 */
export async function readLogRanges(
  connections: BrokerConnections,
  partitions: readonly LedPartition[],
): Promise<PartitionLogRange[]> {
  const byLeader = Map.groupBy(
    partitions.filter(({ leader }) => leader >= 0),
    ({ leader }) => leader,
  )
  const ranges = [...byLeader].map(([leader, led]) => rangesOf(connections, leader, led))
  return (await Promise.all(ranges)).flat()
}

async function rangesOf(
  connections: BrokerConnections,
  leader: number,
  led: readonly LedPartition[],
): Promise<PartitionLogRange[]> {
  const starts = await connections.listOffsets(leader, led, offsetOf.start)
  const ends = await connections.listOffsets(leader, led, offsetOf.end)
  const endOf = Map.groupBy(ends, keyOf)
  return starts.flatMap((start) => {
    const [end] = endOf.get(keyOf(start)) ?? []
    if (!end || !isListed(start) || !isListed(end)) return []
    return [{ topic: start.topic, partition: start.partition, start: start.offset, end: end.offset }]
  })
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

function isListed({ topic, errorCode: code }: ListedOffset): boolean {
  if (code === errorCode.none) return true
  if (isPassing(code)) return false
  throw new BrokerError(code, `asking for offsets of ${topic}`)
}
