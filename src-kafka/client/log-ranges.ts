import { partitionKey, type PartitionLogRange, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { type ListedOffset, offsetOf } from '../wire/list-offsets.ts'
import type { BrokerConnections } from './broker-connections.ts'

interface LedPartition extends TopicPartition {
  readonly leader: number
}

/**
 * Log ranges of these partitions, from their leaders. Partitions without a leader, and those whose leader moved or whose
 * topic was deleted in between, are left out; and those of a broker that does not answer, if another one does.
 * @throws if no broker answers, or one refuses
 */
export async function readLogRanges(
  connections: BrokerConnections,
  partitions: readonly LedPartition[],
): Promise<PartitionLogRange[]> {
  const led = partitions.filter(({ leader }) => leader >= 0)
  const leaders = new Set(led.map(({ leader }) => leader))
  const ranges = [...leaders].map((nodeId) =>
    rangesOf(
      connections,
      nodeId,
      led.filter(({ leader }) => leader === nodeId),
    ),
  )
  const settled = await Promise.allSettled(ranges)
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const refused = failures.find((cause) => cause instanceof BrokerError)
  if (refused !== undefined) throw refused
  if (failures.length > 0 && failures.length === settled.length) throw failures[0]
  return settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
}

async function rangesOf(
  connections: BrokerConnections,
  leader: number,
  led: readonly LedPartition[],
): Promise<PartitionLogRange[]> {
  const starts = await connections.listOffsets(leader, led, offsetOf.start)
  const ends = await connections.listOffsets(leader, led, offsetOf.end)
  const endOf = new Map(ends.map((end) => [partitionKey(end), end]))
  return starts.flatMap((start) => {
    const end = endOf.get(partitionKey(start))
    if (!end || !isListed(start) || !isListed(end)) return []
    return [{ topic: start.topic, partition: start.partition, start: start.offset, end: end.offset }]
  })
}

function isListed({ topic, errorCode: code }: ListedOffset): boolean {
  if (code === errorCode.none) return true
  if (isPassing(code)) return false
  throw new BrokerError(code, `asking for offsets of ${topic}`)
}
