import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { freePort } from '../scripts/process/free-port.ts'
import { startKafka } from '../scripts/stack/servers/kafka-server.ts'
import { DataProcess } from '../tests/support/data-process.ts'
import { tcpProxy } from '../tests/support/tcp-proxy.ts'
import { type BenchDataThread, startDataThread, startDataThreadOn } from './bench-data-thread.ts'
import { createTopic, recordValues, writeBacklog } from './bench-records.ts'
import { firstAccept } from './first-accept.ts'
import { startFleet } from './fleet-load.ts'
import { type BenchResult, quantile, singleMeasurement, timeLimit } from './measure.ts'

export interface StartBench {
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
  readonly rounds: number
}

const pollMs = 5

/** A thread on a cache with 1,000 nodes, from its start until the first new record is stored. */
export async function startBench({ kafka, bootstrap, dir, rounds }: StartBench): Promise<BenchResult> {
  const topic = 'bench-start'
  await writeBacklog(kafka, { topic, partitions: 8, values: recordValues(1_000, 60), batch: 500 })
  const dataDir = mkdtempSync(join(dir, 'console-'))
  const on = { dataDir, bootstrap, topicPattern: `^${topic}$` }
  const first = await startDataThreadOn(on)
  await untilStored(first, topic, 60_000)
  await first.stop()
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    await append(kafka, topic, [...recordValues(10, 1)])
    const begin = performance.now()
    const thread = await startDataThreadOn(on)
    await untilStored(thread, topic, 1)
    if (round > 0) times.push(performance.now() - begin)
    await thread.stop()
  }
  return timeLimit('start of the data thread → first record stored', quantile(times, 0.5), 1_500)
}

/**
 * A broker is stopped and started. From the moment it accepts connections until the console has stored a record that
 * it had not read before. The broker's second listener is behind a link that is cut while that record is written.
 */
export async function reconnectBench({ dir, rounds }: Pick<StartBench, 'dir' | 'rounds'>): Promise<BenchResult> {
  const [port, controllerPort, linkedPort] = [await freePort(), await freePort(), await freePort()]
  const link = await tcpProxy(linkedPort)
  const plain = `PLAINTEXT://127.0.0.1:${port}`
  const broker = await startKafka({
    dir: join(dir, 'kafka-restarted'),
    port,
    controllerPort,
    properties: {
      listeners: `${plain},LINKED://127.0.0.1:${linkedPort},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `${plain},LINKED://127.0.0.1:${link.port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LINKED:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
    },
  })
  const kafka = new Kafka({ clientId: 'bench', brokers: [broker.bootstrap], logLevel: logLevel.NOTHING })
  const topic = 'bench-reconnect'
  await createTopic(kafka, topic, 1)
  await append(kafka, topic, [...recordValues(1, 1)])
  const thread = await startDataThread(dir, `127.0.0.1:${link.port}`, `^${topic}$`)
  const times: number[] = []
  try {
    await untilStored(thread, topic, 1)
    for (let round = 0; round < rounds; round++) {
      link.set('cut')
      await append(kafka, topic, [...recordValues(1, 1)])
      await broker.stop()
      link.set('open')
      const accepted = firstAccept(linkedPort)
      await Promise.all([broker.start(), accepted, untilStored(thread, topic, round + 2)])
      times.push(performance.now() - (await accepted))
    }
  } finally {
    await thread.stop()
    await link.end()
    await broker.stop()
  }
  return timeLimit('first accept of a restarted broker → first record', quantile(times, 0.5), 1_000)
}

/** CPU of a process with the data thread, without a window, as a percentage of a core. */
export async function cpuBench({ bootstrap, dir }: StartBench, seconds: number): Promise<BenchResult> {
  const topic = 'bench-fleet'
  const nodes = 2_000
  const stopFleet = await startFleet({ bootstrap, topic, nodes })
  const dataDir = mkdtempSync(join(dir, 'console-'))
  const data = new DataProcess({ dataDir, bootstrap, topicPattern: `^${topic}$` })
  try {
    while ((await data.stored()) < 5 * nodes) await delay(200)
    const before = await data.ask('usage')
    const begin = performance.now()
    await delay(seconds * 1000)
    const after = await data.ask('usage')
    const used = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system
    return singleMeasurement({
      name: `CPU of the data process, ${nodes} nodes at 1 Hz`,
      unit: '% of a core',
      ours: used / 10 / (performance.now() - begin),
      limitName: 'what it may take',
      limit: 5,
      target: { atMost: 1 },
    })
  } finally {
    await data.stop()
    await stopFleet()
  }
}

async function append(kafka: Kafka, topic: string, values: readonly Buffer[]): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value })) })
  await producer.disconnect()
}

async function untilStored({ client }: BenchDataThread, topic: string, count: number): Promise<void> {
  for (;;) {
    const { messagesByTopic } = await client.call('counters.get', {})
    if ((messagesByTopic[topic] ?? 0) >= count) return
    await delay(pollMs)
  }
}
