import { BrokerConnections } from '../client/broker-connections.ts'
import { createKafkaClient } from '../client/kafka-client.ts'
import type { ClientSettings } from '../client/kafka-settings.ts'
import { partitionKey, type PartitionLogRange, type TopicPartition } from '../stream.ts'
import { BrokerError, errorCode, isPassing } from '../wire/error-codes.ts'
import { type ListedOffset, offsetOf } from '../wire/list-offsets.ts'
import type { TopicMetadata } from '../wire/metadata.ts'
import { chooseTopics } from './choose-topics.ts'
import { newestRecords, type PartitionSample, type SampledRecord } from './newest-records.ts'

/** The last records of one topic. */
export interface TopicSample {
  readonly topic: string
  readonly partitions: number
  /** Newest first, of several partitions in turn. */
  readonly records: readonly SampledRecord[]
  /** Why there are none: Kafka's name of the error, or that no broker answered. */
  readonly problem?: 'not-authorized' | 'not-answered'
}

export interface SampleOptions {
  readonly settings: ClientSettings
  /** Ends it at once. */
  readonly signal: AbortSignal
  /** Epoch ms. */
  readonly now: () => number
  /** Nothing more is asked after this time, ms. */
  readonly limitMs: number
  /** Topics that are looked at. */
  readonly topics: number
  /** Records of each topic. */
  readonly records: number
  /** Bytes of each topic. A batch that is larger comes whole. */
  readonly bytes: number
  /** Whether a topic is left out, because it is read already. */
  readonly isRead: (topic: string) => boolean
  /** Called after each round of topics. */
  readonly onProgress?: (looked: number, of: number) => void
}

export interface TopicSamples {
  readonly topics: readonly TopicSample[]
  /** Topics that were not looked at: there are too many, or the time was up. */
  readonly left: number
  /** Topics that are read already. */
  readonly read: number
  /** False: the time was up. */
  readonly isDone: boolean
}

/** Topics in one round of questions. */
const roundTopics = 20
/** Partitions of a topic that are read. */
const partitionsAtMost = 5
/** kafkajs asks the next broker after a moment. */
const retry = { retries: 2, initialRetryTime: 100 }

/**
 * Reads the last records of topics. It belongs to no consumer group, commits nothing and creates no topic. Topics that
 * cannot be read do not stop the others.
 * @throws if no broker answers at all, or the signal's reason after an abort
 */
export async function sampleTopics(options: SampleOptions): Promise<TopicSamples> {
  const { settings, signal, now } = options
  const client = createKafkaClient({ settings, now, retry })
  const abort = (): void => client.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    return await sampleAll(new BrokerConnections(client.kafka), options)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
    client.abort()
  }
}

async function sampleAll(connections: BrokerConnections, options: SampleOptions): Promise<TopicSamples> {
  const { signal, now, limitMs, topics: atMost, isRead, onProgress } = options
  const end = now() + limitMs
  const metadata = await connections.metadata()
  const { topics: chosen, left, read } = chooseTopics(metadata.topics, isRead, atMost)
  const topics: TopicSample[] = []
  onProgress?.(0, chosen.length)
  for (let at = 0; at < chosen.length && now() < end; at += roundTopics) {
    const round = chosen.slice(at, at + roundTopics)
    topics.push(...(await sampleRound(connections, round, options)))
    signal.throwIfAborted()
    onProgress?.(topics.length, chosen.length)
  }
  const missed = chosen.length - topics.length
  return { topics, left: left + missed, read, isDone: missed === 0 }
}

/** What the questions of one round found. */
interface Round {
  readonly ranges: Map<string, PartitionLogRange>
  readonly refused: Set<string>
  readonly silent: Set<string>
}

async function sampleRound(
  connections: BrokerConnections,
  topics: readonly TopicMetadata[],
  options: SampleOptions,
): Promise<TopicSample[]> {
  const round: Round = { ranges: new Map(), refused: new Set(), silent: new Set() }
  const led = topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, leader }) => ({ topic, partition, leader })),
  )
  await eachLeader(led, round, async (leader, parts) => askRanges(connections, leader, { parts, round }))
  const asked = led.filter((part) => round.ranges.has(partitionKey(part)))
  const wanted = filledFirst(asked, round)
  const samples = new Map<string, PartitionSample[]>()
  await eachLeader(wanted, round, async (leader, parts) => {
    const ranges = parts.map((part) => round.ranges.get(partitionKey(part)) as PartitionLogRange)
    const bytes = Math.ceil(options.bytes / partitionsAtMost)
    for (const one of await newestRecords(connections, leader, { ranges, records: options.records, bytes })) {
      if (one.refused !== undefined) round.refused.add(one.topic)
      samples.set(one.topic, [...(samples.get(one.topic) ?? []), one])
    }
  })
  return topics.map((topic) => topicSample(topic, samples.get(topic.topic) ?? [], { round, records: options.records }))
}

interface Led extends TopicPartition {
  readonly leader: number
}

/** A broker that does not answer loses its own topics only. */
async function eachLeader(
  parts: readonly Led[],
  { silent }: Round,
  ask: (leader: number, parts: readonly Led[]) => Promise<void>,
): Promise<void> {
  const leaders = new Set(parts.map(({ leader }) => leader))
  await Promise.all(
    [...leaders].map(async (leader) => {
      const own = parts.filter((part) => part.leader === leader)
      try {
        if (leader < 0) throw new Error('no leader')
        await ask(leader, own)
      } catch {
        for (const { topic } of own) silent.add(topic)
      }
    }),
  )
}

async function askRanges(
  connections: BrokerConnections,
  leader: number,
  { parts, round }: { readonly parts: readonly Led[]; readonly round: Round },
): Promise<void> {
  const starts = new Map(
    (await connections.listOffsets(leader, parts, offsetOf.start)).map((one) => [partitionKey(one), one]),
  )
  for (const end of await connections.listOffsets(leader, parts, offsetOf.end)) {
    const { topic, partition } = end
    const start = starts.get(partitionKey(end))
    if (isRefused(end)) round.refused.add(topic)
    else if (start && start.errorCode === errorCode.none && end.errorCode === errorCode.none)
      round.ranges.set(partitionKey(end), { topic, partition, start: start.offset, end: end.offset })
  }
}

function isRefused({ topic, errorCode: code }: ListedOffset): boolean {
  if (code === errorCode.none || isPassing(code)) return false
  return new BrokerError(code, topic).type === 'TOPIC_AUTHORIZATION_FAILED'
}

/** Of each topic the partitions with most offsets, and no empty one. */
function filledFirst(asked: readonly Led[], { ranges }: Round): Led[] {
  const lengthOf = (part: Led): number => {
    const range = ranges.get(partitionKey(part))
    return range ? range.end - range.start : 0
  }
  const topics = new Set(asked.map(({ topic }) => topic))
  return [...topics].flatMap((topic) =>
    asked
      .filter((part) => part.topic === topic)
      .filter((part) => lengthOf(part) > 0)
      .sort((a, b) => lengthOf(b) - lengthOf(a))
      .slice(0, partitionsAtMost),
  )
}

function topicSample(
  { topic, partitions, errorCode: code }: TopicMetadata,
  samples: readonly PartitionSample[],
  { round, records: atMost }: { readonly round: Round; readonly records: number },
): TopicSample {
  const records = inTurn(samples.map((sample) => sample.records)).slice(0, atMost)
  const found = { topic, partitions: partitions.length, records }
  if (records.length > 0) return found
  const isDenied = code === errorCode.topicAuthorizationFailed || round.refused.has(topic)
  if (isDenied) return { ...found, problem: 'not-authorized' }
  return round.silent.has(topic) ? { ...found, problem: 'not-answered' } : found
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: ReadonlyArray<readonly T[]>): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list) => (i < list.length ? [list[i] as T] : [])),
  ).flat()
}
