import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { consumerSettings } from '../src-kafka/consume/kafkajs-consumer.ts'
import { consoleReadLimits } from '../src-kafka/client/kafka-settings.ts'
import { startDataThread } from './bench-data-thread.ts'
import { measurePair, type BenchResult } from './measure.ts'
import type { Backlog } from './bench-records.ts'

export interface PipelineBench {
  readonly name: string
  readonly backlog: Backlog
  readonly rounds: number
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
}

const pollMs = 20
const stalledMs = 30_000

/** Kafka → decode → evaluate → SQLite in the console's thread, against a kafkajs consumer that only receives. */
export function pipelineBench(bench: PipelineBench): Promise<BenchResult> {
  return measurePair({
    name: bench.name,
    unit: 'messages/s',
    limitName: 'kafkajs, doing nothing',
    rounds: bench.rounds,
    ours: () => readByConsole(bench),
    limit: () => readWithBareConsumer(bench),
  })
}

/** Excludes the start of the thread. */
async function readByConsole({ backlog, bootstrap, dir }: PipelineBench): Promise<number> {
  const thread = await startDataThread(dir, bootstrap, `^${backlog.topic}$`)
  const stored = async () => (await thread.client.call('counters.get', {})).messagesByTopic[backlog.topic] ?? 0
  try {
    return await rateUntil(backlog.values.length, stored)
  } finally {
    await thread.stop()
  }
}

let groups = 0

async function readWithBareConsumer({ backlog, kafka }: PipelineBench): Promise<number> {
  const consumer = kafka.consumer(consumerSettings(`bench-${groups++}`, backlog.partitions, consoleReadLimits.maxBytes))
  let read = 0
  await consumer.connect()
  await consumer.subscribe({ topic: backlog.topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: consoleReadLimits.partitions,
    eachBatch: ({ batch }) => {
      read += batch.messages.length
      return Promise.resolve()
    },
  })
  try {
    return await rateUntil(backlog.values.length, () => Promise.resolve(read))
  } finally {
    await consumer.disconnect()
  }
}

/**
 * Messages per second, from the last poll that finds none to the first that finds all. Polls in between are imprecise:
 * a busy reader answers late.
 */
async function rateUntil(total: number, count: () => Promise<number>): Promise<number> {
  let beginAt = performance.now()
  let last = { at: beginAt, count: 0 }
  for (;;) {
    const now = { count: await count(), at: performance.now() }
    if (now.count > total) throw new Error(`${now.count} messages were read of ${total}`)
    if (now.count === total) return (total / (now.at - beginAt)) * 1000
    if (now.count === 0) beginAt = now.at
    if (now.count > last.count) last = now
    if (now.at - last.at > stalledMs) throw new Error(`reading stopped at ${now.count} messages of ${total}`)
    await delay(pollMs)
  }
}
