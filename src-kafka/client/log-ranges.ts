import { partitionKey, type FirstStart, type PartitionLogRange, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { type ListedOffset, offsetOf } from '../wire/list-offsets.ts'
import type { BrokerConnections } from './broker-connections.ts'

type Asked = Pick<BrokerConnections, 'listOffsets'>

interface LedPartition extends TopicPartition {
  readonly leader: number
}

/**
 * Log ranges of these partitions, from their leaders. Partitions without a leader, and those whose leader moved or whose
 * topic was deleted in between, are left out; and those of a broker that does not answer, if another one does.
 * @throws if no broker answers, or one refuses
 */
export function readLogRanges(connections: Asked, partitions: readonly LedPartition[]): Promise<PartitionLogRange[]> {
  return fromLeaders(partitions, async (leader, led) => {
    const starts = await connections.listOffsets(leader, led, offsetOf.start)
    const ends = offsetsIn(await connections.listOffsets(leader, led, offsetOf.end))
    return [...offsetsIn(starts).values()].flatMap(({ topic, partition, offset: start }) => {
      const end = ends.get(partitionKey({ topic, partition }))
      return end ? [{ topic, partition, start, end: end.offset }] : []
    })
  })
}

/**
 * Offsets where reading of these partitions begins. Left out, and thrown, is the same as for `readLogRanges`.
 * @param from `end`: the end of the log. A timestamp (epoch ms): the first record with it or a later one, or the end
 */
export function readStartOffsets(
  connections: Asked,
  partitions: readonly LedPartition[],
  from: FirstStart['from'],
): Promise<Array<TopicPartition & { readonly offset: number }>> {
  return fromLeaders(partitions, async (leader, led) => {
    // The end first: what is written between the two questions is then read, and not passed by.
    const ends = offsetsIn(await connections.listOffsets(leader, led, offsetOf.end))
    if (from === 'end') return [...ends.values()]
    const found = offsetsIn(await connections.listOffsets(leader, led, BigInt(Math.max(0, Math.floor(from)))))
    return [...ends].flatMap(([key, end]) => {
      const at = found.get(key)
      return at ? [at.offset === noSuchRecord ? end : at] : []
    })
  })
}

/** The answer for a timestamp behind all records. */
const noSuchRecord = -1

async function fromLeaders<T>(
  partitions: readonly LedPartition[],
  ask: (leader: number, led: readonly LedPartition[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const led = partitions.filter(({ leader }) => leader >= 0)
  const leaders = new Set(led.map(({ leader }) => leader))
  const answers = [...leaders].map((nodeId) =>
    ask(
      nodeId,
      led.filter(({ leader }) => leader === nodeId),
    ),
  )
  const settled = await Promise.allSettled(answers)
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const refused = failures.find((cause) => cause instanceof BrokerError)
  if (refused !== undefined) throw refused
  if (failures.length > 0 && failures.length === settled.length) throw failures[0]
  return settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
}

/** By partition, without those that are in transition. */
function offsetsIn(listed: readonly ListedOffset[]): Map<string, ListedOffset> {
  return new Map(listed.flatMap((one) => (isListed(one) ? [[partitionKey(one), one] as const] : [])))
}

function isListed({ topic, errorCode: code }: ListedOffset): boolean {
  if (code === errorCode.none) return true
  if (isPassing(code)) return false
  throw new BrokerError(code, `asking for offsets of ${topic}`)
}
