import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { startBareConsumer } from './bare-consumer.ts'
import { startDataThread } from './bench-data-thread.ts'
import { measurePair, type BenchResult, type RatioTarget } from './measure.ts'
import type { Backlog } from './bench-records.ts'

export interface PipelineBench {
  readonly name: string
  readonly backlog: Backlog
  readonly rounds: number
  readonly target?: RatioTarget
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
    ...(bench.target ? { target: bench.target } : {}),
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

async function readWithBareConsumer({ backlog, kafka }: PipelineBench): Promise<number> {
  let read = 0
  const consumer = await startBareConsumer(kafka, backlog.topic, ({ messages }) => (read += messages.length))
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
