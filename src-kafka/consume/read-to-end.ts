import { setTimeout as delay } from 'node:timers/promises'
import { BrokerConnections } from '../client/broker-connections.ts'
import { createKafkaClient, type KafkaClientDeps } from '../client/kafka-client.ts'
import { describeFailure, KafkaTimeoutError } from '../client/kafka-failure.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { withTimeout } from '../client/waiting.ts'
import { ProduceError } from '../produce/ordered-producer.ts'
import { recordAt, type RunRecord } from '../records/record-at.ts'
import type { PartitionLogRange } from '../stream.ts'
import { BrokerError } from '../wire/error-codes.ts'
import { encodeFetchRequest } from '../wire/fetch-request.ts'
import { type FetchedPartition, parseFetchResponse } from '../wire/fetch-response.ts'
import { readRecordBatches } from '../wire/record-batches.ts'
import { topicMapOf } from './partition-leaders.ts'

const connectLimitMs = 12_000
const readLimitMs = 25_000
/** A leader that moves needs a moment. */
const passingWaitMs = 500
const passingAtMost = 20
const maxBytes = 4 * 1024 * 1024
const noSession = { sessionId: 0, sessionEpoch: -1, forgotten: [], rack: '' } as const

/** A record as it is in the log. `value` null: tombstone. */
export interface LogRecord {
  readonly topic: string
  readonly offset: number
  readonly key: string
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

export interface ToRead {
  readonly topics: readonly string[]
  /** In the order of each partition. After a failure that passes, records may come again from the beginning. */
  readonly each: (record: LogRecord) => void
}

/**
 * Reads topics from their beginning to the ends that they have at the start of the call. A batch that cannot be read is
 * passed by.
 * @throws ProduceError with one sentence for the operator
 */
export async function readToEnd(deps: KafkaClientDeps, toRead: ToRead): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = createKafkaClient(deps)
    try {
      return await readWith(new BrokerConnections(client.kafka), toRead)
    } catch (error) {
      const { sentence, waitMs, transient } = describeFailure(error, deps.settings)
      if (!transient || attempt === passingAtMost) throw new ProduceError(sentence, { cause: error, waitMs })
    } finally {
      client.abort()
    }
    await delay(passingWaitMs)
  }
}

async function readWith(connections: BrokerConnections, { topics, each }: ToRead): Promise<void> {
  const metadata = await withTimeout(connectLimitMs, 'connecting', connections.metadata())
  const { partitions } = topicMapOf(metadata, '.')
  const wanted = partitions.filter(({ topic }) => topics.includes(topic))
  const ranges = await withTimeout(connectLimitMs, 'asking for offsets', readLogRanges(connections, wanted))
  const deadline = Date.now() + readLimitMs
  for (const range of ranges) {
    const leader = wanted.find(({ topic, partition }) => topic === range.topic && partition === range.partition)?.leader
    if (leader === undefined) continue
    for (let offset = range.start; offset < range.end;) {
      if (Date.now() > deadline) throw new KafkaTimeoutError('reading took too long')
      const fetched = await fetchFrom(connections, leader, { ...range, start: offset })
      offset = fetched ? pass(fetched, { ...range, start: offset }, each) : offset
    }
  }
}

async function fetchFrom(
  connections: BrokerConnections,
  leader: number,
  { topic, partition, start: offset }: PartitionLogRange,
): Promise<FetchedPartition | undefined> {
  const partitions = [{ topic, partition, offset, maxBytes }]
  const request = encodeFetchRequest({ ...noSession, maxWaitMs: 100, minBytes: 1, maxBytes, partitions })
  const [fetched] = parseFetchResponse(await connections.fetch(leader, request)).partitions
  if (fetched && fetched.errorCode !== 0) throw new BrokerError(fetched.errorCode, `reading ${topic}`)
  return fetched
}

/** @returns the offset to continue from */
function pass(
  { records, aborted }: FetchedPartition,
  { topic, start, end }: PartitionLogRange,
  each: (record: LogRecord) => void,
): number {
  const { pieces, next } = readRecordBatches(records, { from: start, aborted })
  for (const piece of pieces) {
    if (piece.kind === 'unreadable') continue
    for (let i = 0; i < piece.run.count; i++) {
      const record = recordAt(piece.run, i)
      if (record.offset < end) each(logRecordOf(topic, record))
    }
  }
  return next
}

function logRecordOf(topic: string, { key, value, offset, headers = {} }: RunRecord): LogRecord {
  return {
    topic,
    offset,
    key: String(key ?? ''),
    value: value === null ? null : String(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
  }
}
