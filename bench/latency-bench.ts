import { setTimeout as delay } from 'node:timers/promises'
import { type Kafka, Partitioners } from 'kafkajs'
import { producerRecord } from '../producers/message.ts'
import { consumerSettings } from '../src-kafka/consume/kafkajs-consumer.ts'
import { consoleReadLimits } from '../src-kafka/client/kafka-settings.ts'
import { startDataThread } from './bench-data-thread.ts'
import { singleMeasurement, quantile, type BenchResult } from './measure.ts'
import { createTopic } from './bench-records.ts'

export interface LatencyBench {
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
  readonly messages: number
}

const topic = 'bench-latency'
/** Not a divisor of the frame or fetch period, so that every phase occurs. */
const everyMs = 83
/** The window's frame request. */
const framesPerSecond = 10

/**
 * Time from sending a record to the data thread's live frame that contains it. The limit: a consumer with the same
 * settings that only receives the same records. Milliseconds: less is better.
 */
export async function latencyBench(bench: LatencyBench): Promise<BenchResult[]> {
  await createTopic(bench.kafka, topic, 1)
  const thread = await startDataThread(bench.dir, bench.bootstrap, `^${topic}$`)
  const byConsole: number[] = []
  const bareConsumer: number[] = []
  thread.client.on('live.frame', (frame) => {
    for (const at of frame.at) byConsole.push(Date.now() - at)
  })
  await thread.client.call('live.subscribe', { hz: framesPerSecond })
  const consumer = bench.kafka.consumer(consumerSettings('bench-latency', 1, consoleReadLimits.maxBytes))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: false })
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ message }) => {
      bareConsumer.push(Date.now() - Number(message.timestamp))
      return Promise.resolve()
    },
  })
  try {
    await sendUntilSeen(bench, () => byConsole.length > 0 && bareConsumer.length > 0)
    byConsole.length = 0
    bareConsumer.length = 0
    await send(bench, bench.messages)
    await delay(1_000)
  } finally {
    await consumer.disconnect()
    await thread.stop()
  }
  return [0.5, 0.99].map((q) => resultOf(q, byConsole, bareConsumer))
}

/** Both readers must join first; earlier records would include their start-up time. */
async function sendUntilSeen(bench: LatencyBench, seen: () => boolean): Promise<void> {
  while (!seen()) await send(bench, 5)
  await delay(500)
}

let sent = 0

async function send({ kafka }: LatencyBench, count: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let n = 0; n < count; n++) {
    // a hundred nodes in turn, because a frame shows only the newest record of a node
    const node = { id: `bench-${sent++ % 100}`, name: 'Bench', topic, seed: 0 }
    const at = Date.now()
    const { value } = producerRecord(node, at, { cpu_usage: 50, memory_usage: 50 })
    await producer.send({ topic, messages: [{ key: node.id, value: Buffer.from(value), timestamp: String(at) }] })
    await delay(everyMs)
  }
  await producer.disconnect()
}

function resultOf(q: number, byConsole: readonly number[], bareConsumer: readonly number[]): BenchResult {
  return singleMeasurement({
    name: `Kafka → live frame, p${q * 100} of ${byConsole.length}`,
    unit: 'ms',
    limitName: 'kafkajs, doing nothing',
    ours: quantile(byConsole, q),
    limit: quantile(bareConsumer, q),
  })
}
