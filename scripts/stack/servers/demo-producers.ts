/** The demo's four producers as processes, with a check that they produce. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { isRunning, type ProcessIdentity } from '../../bootstrap/process-identity.mjs'
import { printLine, secondsSince } from '../../bootstrap/console-output.mjs'
import { findDaemon, logTail, startDaemon } from '../../process/daemon.ts'
import { demoKafka } from '../demo.ts'
import { demoInterval, type DemoNode, demoNodes } from '../demo.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const healthyWithinMs = 30_000

export const producerNames: readonly string[] = demoNodes.map((node) => nameOf(node))

/** Starts stopped producers and waits until a new record of each is in Kafka. */
export async function startProducers(dir: string, bootstrap: string): Promise<void> {
  const begin = Date.now()
  const missing = demoNodes.filter((node) => !findDaemon(dir, nameOf(node)))
  if (missing.length === 0) {
    printLine('producers are already running')
    return
  }
  const kafka = new Kafka({ brokers: [bootstrap], clientId: 'remo-stack', logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    const before = new Map<string, bigint>()
    for (const node of missing) before.set(node.topic, await recordsIn(admin, node.topic))
    await Promise.all(
      missing.map(async (node) => {
        const producer = await startProducer(dir, bootstrap, node)
        await untilProducing({ admin, node, producer, dir, before: before.get(node.topic) ?? 0n })
      }),
    )
  } finally {
    await admin.disconnect()
  }
  printLine(`${missing.length} producers are sending to Kafka (${secondsSince(begin)})`)
}

function startProducer(dir: string, bootstrap: string, node: DemoNode): Promise<ProcessIdentity> {
  return startDaemon({
    name: nameOf(node),
    dir,
    cwd: root,
    command: process.execPath,
    args: ['--disable-warning=TimeoutNegativeWarning', join(root, 'producers', 'main.ts')],
    env: {
      ...process.env,
      ...demoKafka(bootstrap),
      KAFKA_TOPIC: node.topic,
      METRIC_INTERVAL: String(demoInterval),
      METRIC_SOURCE: 'simulated',
      NODE_ID: node.id,
      NODE_NAME: node.name,
      SEED: String(node.seed),
    },
  })
}

interface ProducerCheck {
  admin: Admin
  node: DemoNode
  producer: ProcessIdentity
  dir: string
  before: bigint
}

async function untilProducing({ admin, node, producer, dir, before }: ProducerCheck): Promise<void> {
  const deadline = Date.now() + healthyWithinMs
  while ((await recordsIn(admin, node.topic)) <= before) {
    if (!isRunning(producer)) throw new Error(`${nameOf(node)} stopped. End of its log:\n${logTail(dir, nameOf(node))}`)
    if (Date.now() > deadline)
      throw new Error(`${nameOf(node)} sends nothing. End of its log:\n${logTail(dir, nameOf(node))}`)
    await delay(100)
  }
}

/** Waits until Kafka knows the topic. */
async function recordsIn(admin: Admin, topic: string): Promise<bigint> {
  const deadline = Date.now() + healthyWithinMs
  for (;;) {
    try {
      return await logEnd(admin, topic)
    } catch (error) {
      if (!isTransientKafkaError(error) || Date.now() > deadline) throw error
      await delay(100)
    }
  }
}

/** Sum of the end offsets of all partitions; 0 if the topic does not exist. */
async function logEnd(admin: Admin, topic: string): Promise<bigint> {
  const topics = await admin.listTopics()
  if (!topics.includes(topic)) return 0n
  const partitions = await admin.fetchTopicOffsets(topic)
  return partitions.reduce((sum, { high }) => sum + BigInt(high), 0n)
}

/** After a topic was created or a broker restarted, there is no leader for a moment. */
function isTransientKafkaError(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true
}

function nameOf(node: DemoNode): string {
  return `producer-${node.id}`
}
