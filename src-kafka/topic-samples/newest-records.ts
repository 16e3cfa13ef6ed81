import { recordAt, type RunRecord } from '../records/record-at.ts'
import { partitionKey, type PartitionLogRange, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { encodeFetchRequest } from '../wire/fetch-request.ts'
import { type FetchedPartition, parseFetchResponse } from '../wire/fetch-response.ts'
import { readRecordBatches } from '../wire/record-batches.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'

/** A record of a partition. */
export interface SampledRecord extends RunRecord {
  readonly partition: number
}

/** What was found of one partition, the newest records first. `refused`: Kafka's name of the error. */
export interface PartitionSample extends TopicPartition {
  readonly records: readonly SampledRecord[]
  readonly refused?: string
}

export interface NewestQuestion {
  readonly ranges: readonly PartitionLogRange[]
  /** Records of each partition. */
  readonly records: number
  /** Bytes of each partition. A first batch beyond it comes whole. */
  readonly bytes: number
}

/**
 * How far before the end a partition is read. The last offsets may be markers of transactions, or gone by compaction:
 * then it is read from farther back.
 */
const lookBacks = [1, 20, 400, 8_000, Infinity] as const
const noSession = { sessionId: 0, sessionEpoch: -1, forgotten: [], rack: '' } as const
/** What is asked for is there already. */
const atOnce = { maxWaitMs: 0, minBytes: 0 } as const

interface Open {
  readonly range: PartitionLogRange
  readonly from: number
}

/**
 * The newest records of partitions that one broker leads, read without a consumer group. What compaction or
 * transactions left out is made up by looking farther back.
 * @throws if the broker does not answer
 */
export async function newestRecords(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { ranges, records, bytes }: NewestQuestion,
): Promise<PartitionSample[]> {
  const found = new Map<string, PartitionSample>()
  let open = ranges.filter(({ start, end }) => end > start)
  for (const lookBack of lookBacks) {
    if (open.length === 0) break
    const asked = open.map((range) => ({ range, from: Math.max(range.start, range.end - lookBack * records) }))
    for (const one of await readFrom(connections, leader, { asked, records, bytes })) found.set(partitionKey(one), one)
    open = asked
      .filter(({ range, from }) => isShort(found.get(partitionKey(range)), from, range))
      .map(({ range }) => range)
  }
  return ranges.map((range) => {
    const { topic, partition } = range
    return found.get(partitionKey(range)) ?? { topic, partition, records: [] }
  })
}

/** Nothing was found, and there are earlier offsets. */
function isShort(sample: PartitionSample | undefined, from: number, { start }: PartitionLogRange): boolean {
  return from > start && sample?.refused === undefined && (sample?.records.length ?? 0) === 0
}

interface Ask {
  readonly asked: readonly Open[]
  readonly records: number
  readonly bytes: number
}

/** One fetch of all; and one of each whose first batch does not fit beside the others. */
async function readFrom(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { asked, records, bytes }: Ask,
): Promise<PartitionSample[]> {
  const samples: PartitionSample[] = []
  const together = await fetchOf(connections, leader, { asked, records, bytes })
  for (const one of asked) {
    const fetched = together.get(partitionKey(one.range))
    if (fetched && (fetched.errorCode !== errorCode.none || isWhole(fetched, one.from))) {
      samples.push(sampleOf(fetched, one, records))
      continue
    }
    const alone = await fetchOf(connections, leader, { asked: [one], records, bytes: largestBatch })
    const again = alone.get(partitionKey(one.range))
    if (again) samples.push(sampleOf(again, one, records))
  }
  return samples
}

/** The largest batch that is read at all. */
const largestBatch = 16 * 1024 * 1024

async function fetchOf(
  connections: Pick<BrokerConnections, 'fetch'>,
  leader: number,
  { asked, bytes }: Ask,
): Promise<Map<string, FetchedPartition>> {
  const partitions = asked.map(({ range: { topic, partition }, from: offset }) => ({
    topic,
    partition,
    offset,
    maxBytes: bytes,
  }))
  const maxBytes = bytes * asked.length
  const request = encodeFetchRequest({ ...noSession, ...atOnce, maxBytes, partitions })
  const { partitions: fetched } = parseFetchResponse(await connections.fetch(leader, request))
  return new Map(fetched.map((one) => [partitionKey(one), one]))
}

/** Whether a whole batch came. */
function isWhole({ records, aborted }: FetchedPartition, from: number): boolean {
  return records.length > 0 && readRecordBatches(records, { from, aborted }).needsBytes === undefined
}

function sampleOf(fetched: FetchedPartition, { from }: Open, atMost: number): PartitionSample {
  const { topic, partition, errorCode: code, aborted } = fetched
  if (code !== errorCode.none) {
    // The leader moved, or retention has removed the offset: nothing is known, which is no refusal.
    if (isPassing(code) || code === errorCode.offsetOutOfRange) return { topic, partition, records: [] }
    return { topic, partition, records: [], refused: new BrokerError(code, topic).type }
  }
  const { pieces } = readRecordBatches(fetched.records, { from, aborted })
  const records = pieces.flatMap((piece) => {
    if (piece.kind !== 'records') return []
    const first = Math.max(0, piece.run.count - atMost)
    return Array.from({ length: piece.run.count - first }, (_, i) => ({ ...recordAt(piece.run, first + i), partition }))
  })
  return { topic, partition, records: records.slice(-atMost).reverse() }
}
