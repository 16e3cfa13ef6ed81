import { setTimeout as delay } from 'node:timers/promises'
import type { Consumer, Kafka, KafkaMessage } from 'kafkajs'
import type { Log } from '#shared/log.ts'
import { readLogRanges } from '../client/log-ranges.ts'
import { createKafkaClient, type KafkaClientDeps } from '../client/kafka-client.ts'
import { describeFailure } from '../client/kafka-failure.ts'
import { withTimeout } from '../client/waiting.ts'
import { ProduceError } from '../produce/ordered-producer.ts'
import { partitionKey, type PartitionLogRange } from '../stream.ts'
import { consumerSettings, followConsumer } from './kafkajs-consumer.ts'

const connectLimitMs = 12_000
const readLimitMs = 25_000
const leaveLimitMs = 3_000
/** A broker that was just started needs a moment for its first group. */
const passingWaitMs = 500
const passingAtMost = 20
const maxBytes = 4 * 1024 * 1024

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
  /** A group for this reading alone: it is deleted afterwards, where that is allowed. */
  readonly groupId: string
  /** In the order of each partition. After a failure that passes, records may come again from the beginning. */
  readonly each: (record: LogRecord) => void
}

/**
 * Reads topics from their beginning to the ends that they have at the start of the call.
 * @throws ProduceError with one sentence for the operator
 */
export async function readToEnd(deps: KafkaClientDeps, toRead: ToRead): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = createKafkaClient(deps, () => undefined)
    try {
      return await readWith(client.kafka, deps.log, toRead)
    } catch (error) {
      const { sentence, waitMs, transient } = describeFailure(error, deps.settings)
      if (!transient || attempt === passingAtMost) throw new ProduceError(sentence, { cause: error, waitMs })
    } finally {
      client.abort()
    }
    await delay(passingWaitMs)
  }
}

async function readWith(kafka: Kafka, log: Log | undefined, { topics, groupId, each }: ToRead): Promise<void> {
  const admin = kafka.admin()
  await withTimeout(connectLimitMs, 'connecting', admin.connect())
  const all = await withTimeout(connectLimitMs, 'asking for offsets', readLogRanges(admin, topics))
  const ends = all.filter(({ start, end }) => end > start)
  if (ends.length === 0) return
  const consumer = kafka.consumer(consumerSettings(groupId, ends.length, maxBytes))
  try {
    await withTimeout(readLimitMs, 'reading', consume(consumer, ends, each))
  } finally {
    await withTimeout(leaveLimitMs, 'leaving', consumer.disconnect()).catch(() => undefined)
  }
  await admin.deleteGroups([groupId]).catch((cause: unknown) => {
    log?.debug('the group of one reading was not deleted', { cause })
  })
}

/** Resolves at the ends, rejects when the consumer stops before. */
async function consume(
  consumer: Consumer,
  ends: readonly PartitionLogRange[],
  each: (record: LogRecord) => void,
): Promise<void> {
  const targets = new Map(ends.map((range) => [partitionKey(range), range.end]))
  let reached!: () => void
  let lost!: (cause: unknown) => void
  const done = new Promise<void>((resolve, reject) => ([reached, lost] = [resolve, reject]))
  done.catch(() => undefined) // the consumer may fail before anybody waits
  const readTo = (topic: string, partition: number, next: number): void => {
    const target = targets.get(partitionKey({ topic, partition }))
    if (target === undefined || next < target) return
    targets.delete(partitionKey({ topic, partition }))
    if (targets.size === 0) reached()
  }
  followConsumer(consumer, {
    joined: () => undefined,
    fetchSent: () => undefined,
    fetchReceived: () => undefined,
    topicsUnknown: () => undefined,
    skippedEmpty: (topic, partition, lastOffset) => readTo(topic, partition, lastOffset + 1),
    lost,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [...new Set(ends.map(({ topic }) => topic))], fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch: { topic, partition, messages } }) => {
      const end = targets.get(partitionKey({ topic, partition }))
      for (const message of messages)
        if (end !== undefined && Number(message.offset) < end) each(recordOf(topic, message))
      const last = messages.at(-1)
      if (last) readTo(topic, partition, Number(last.offset) + 1)
      return Promise.resolve()
    },
  })
  await done
}

function recordOf(topic: string, { key, value, offset, headers = {} }: KafkaMessage): LogRecord {
  const texts = Object.entries(headers).flatMap(([name, text]) =>
    text === undefined || Array.isArray(text) ? [] : [[name, String(text)] as const],
  )
  return {
    topic,
    offset: Number(offset),
    key: String(key ?? ''),
    value: value === null ? null : String(value),
    headers: Object.fromEntries(texts),
  }
}
