import { setTimeout as delay } from 'node:timers/promises'
import { type Kafka, Partitioners } from 'kafkajs'
import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import { producerRecord } from '../producers/message.ts'
import { startDataThread } from './bench-data-thread.ts'
import { createTopic } from './bench-records.ts'
import { startFleet } from './fleet-load.ts'
import { type BenchResult, quantile, timeLimit } from './measure.ts'

export interface LatencyBench {
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
  readonly messages: number
}

const topic = 'bench-latency'
const fleetTopic = 'bench-latency-fleet'
/** Nodes that send once a second, next to the measured ones. */
const fleet = 2_000
/** Not a divisor of the frame or fetch period, so that every phase occurs. */
const everyMs = 83
/** The window's frame request. */
const framesPerSecond = 10
const limits = [
  { q: 0.5, atMostMs: 60 },
  { q: 0.99, atMostMs: 120 },
]

/** Time from sending a record to the data thread's live frame that contains it, while a fleet sends. */
export async function latencyBench(bench: LatencyBench): Promise<BenchResult[]> {
  await createTopic(bench.kafka, topic, 1)
  const stopFleet = await startFleet({ bootstrap: bench.bootstrap, topic: fleetTopic, nodes: fleet })
  const thread = await startDataThread(bench.dir, bench.bootstrap, `^${topic}`)
  const times: number[] = []
  const probes = new Set<number>()
  let seen = 0
  let nodes: LiveDirectory['nodes'] = []
  const follow = ({ blocks, at, growth }: LiveFrame) => {
    nodes = growth?.nodes ?? nodes
    const grown = growth?.blocks ?? []
    for (let i = 0; i < grown.length; i += 3) {
      if (nodes[grown[i + 1] as number]?.id.startsWith('probe-')) probes.add(grown[i] as number)
    }
    const now = Date.now()
    blocks.forEach((block, i) => {
      if (probes.has(block)) times.push(now - (at[i] ?? now))
      else seen++
    })
  }
  thread.client.on('live.frame', follow)
  await thread.client.call('live.subscribe', { hz: framesPerSecond })
  try {
    // The first records include the start of everything.
    while (times.length === 0 || seen < 3 * fleet) await send(bench, 5)
    times.length = 0
    await send(bench, bench.messages)
    await delay(1_000)
  } finally {
    await thread.stop()
    await stopFleet()
  }
  return limits.map(({ q, atMostMs }) =>
    timeLimit(`Kafka → live frame at ${fleet} msg/s, p${q * 100} of ${times.length}`, quantile(times, q), atMostMs),
  )
}

let sent = 0

async function send({ kafka }: LatencyBench, count: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let n = 0; n < count; n++) {
    // a hundred nodes in turn, because a frame shows only the newest record of a node
    const node = { id: `probe-${sent++ % 100}`, name: 'Bench', topic, seed: 0 }
    const at = Date.now()
    const { value } = producerRecord(node, at, { cpu_usage: 50, memory_usage: 50 })
    await producer.send({ topic, messages: [{ key: node.id, value: Buffer.from(value), timestamp: String(at) }] })
    await delay(everyMs)
  }
  await producer.disconnect()
}
