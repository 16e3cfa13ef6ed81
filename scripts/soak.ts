/**
 * `npm run soak [-- <minutes>]`: the console's data thread reads 2,000 messages/s while brokers restart. Exit code 1 if
 * a message is lost or stored twice.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DataProcess } from '../tests/support/data-process.ts'
import { JavaClient, type JavaFlow } from '../tests/support/java-client.ts'
import { type KafkaCluster, startKafkaCluster } from '../tests/support/kafka-cluster.ts'
import { checkSequence, sequenceFlow } from '../tests/support/sequence-log.ts'
import { runMain, UserError } from './bootstrap/console-output.mjs'

const sequence = { topic: 'metrics-soak', partitions: 8, nodes: 25, perSecond: 2_000 }
const defaultMinutes = 30
const sampleEveryMs = 2_000
const restartEveryMs = 45_000
const completeWithinMs = 60_000

interface MemorySample {
  /** Minutes since the start. */
  readonly at: number
  readonly rssBytes: number
}

await runMain(() => soak(minutesOf(process.argv[2])))

function minutesOf(text = String(defaultMinutes)): number {
  const minutes = Number(text)
  if (!(minutes > 0)) throw new UserError(`"${text}" is no number of minutes. Usage: npm run soak [-- <minutes>]`)
  return minutes
}

async function soak(minutes: number): Promise<number> {
  say(`starting three brokers; ${sequence.perSecond} messages/s for ${minutes} minutes`)
  const cluster = await startKafkaCluster()
  const java = await JavaClient.start(cluster.bootstrap)
  try {
    await cluster.createTopic(sequence.topic, sequence.partitions)
    const dataDir = join(cluster.dir, 'console')
    mkdirSync(dataDir)
    const data = new DataProcess({ dataDir, bootstrap: cluster.bootstrap, topicPattern: `^${sequence.topic}$` })
    const flow = await java.flow(sequenceFlow(sequence))
    const until = Date.now() + minutes * 60_000
    const [memory, restarts] = await Promise.all([watch(data, until), restartBrokers(cluster, until)])
    const sent = await flow.halt()
    await untilComplete(data, flow)
    const { cpu } = await data.ask('usage')
    await data.stop()
    const { lost, doubled, gaps, rejects } = checkSequence(dataDir, sequence, sent)
    const total = sum(sent)
    const cpuShare = (cpu.user + cpu.system) / (minutes * 60e6)
    say(`${total} messages sent, ${restarts} restarts of brokers, ${(100 * cpuShare).toFixed(1)} % of a core`)
    say(`${lost} lost, ${doubled} doubled, ${gaps} gaps, ${rejects} rejected`)
    say(memoryText(memory))
    return lost + doubled + gaps + rejects === 0 ? 0 : 1
  } finally {
    await java.end()
    await cluster.end()
  }
}

async function watch(data: DataProcess, until: number): Promise<MemorySample[]> {
  const begin = Date.now()
  const samples: MemorySample[] = []
  while (Date.now() < until) {
    await delay(sampleEveryMs)
    const { rssBytes } = await data.ask('usage')
    samples.push({ at: (Date.now() - begin) / 60_000, rssBytes })
  }
  return samples
}

/** In turn, by SIGTERM and by SIGKILL. @returns the number of restarts */
async function restartBrokers({ brokers, untilInSync }: KafkaCluster, until: number): Promise<number> {
  let count = 0
  for (; Date.now() + restartEveryMs < until; count++) {
    await delay(restartEveryMs / 2)
    const broker = brokers[count % brokers.length]
    if (!broker) break
    await (count % 2 === 0 ? broker.stop() : broker.kill())
    say(`broker ${broker.id} ${count % 2 === 0 ? 'stopped' : 'killed'}`)
    await delay(restartEveryMs / 4)
    await broker.start()
    await untilInSync(sequence.topic)
    say(`broker ${broker.id} in sync`)
  }
  await delay(Math.max(0, until - Date.now()))
  return count
}

async function untilComplete(data: DataProcess, flow: JavaFlow): Promise<void> {
  const total = sum(await flow.sent())
  const deadline = Date.now() + completeWithinMs
  while ((await data.stored()) < total && Date.now() < deadline) await delay(100)
}

/** Without the first third: caches fill and code is compiled. */
function memoryText(samples: readonly MemorySample[]): string {
  const warm = samples.slice(Math.floor(samples.length / 3))
  const megabytes = warm.map(({ rssBytes }) => rssBytes / 1e6)
  const perMinute = slope(
    warm.map(({ at }) => at),
    megabytes,
  )
  const [first = 0, last = 0] = [megabytes[0], megabytes.at(-1)]
  const range = `${first.toFixed(0)} to ${last.toFixed(0)} MB, most ${Math.max(...megabytes).toFixed(0)} MB`
  return `memory after warm-up: ${range}; slope ${(perMinute * 60).toFixed(1)} MB an hour`
}

/** Least squares. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => sum(values) / values.length
  const [meanX, meanY] = [mean(x), mean(y)]
  const products = x.map((at, n) => (at - meanX) * ((y[n] ?? meanY) - meanY))
  return sum(products) / sum(x.map((at) => (at - meanX) ** 2))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function say(line: string): void {
  process.stdout.write(`· ${line}\n`)
}
