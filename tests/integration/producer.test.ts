import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Kafka as KafkaClient, logLevel, Partitioners } from 'kafkajs'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { MetricMessage } from '#shared/metric/message.ts'
import { lineLog } from '../../producers/line-log.ts'
import { KafkaDestination } from '../../src-kafka/produce/kafka-destination.ts'
import { SendQueue } from '../../producers/queue/send-queue.ts'
import { type Kafka, startKafka } from '../../scripts/stack/servers/kafka-server.ts'
import { freePort } from '../../scripts/process/free-port.ts'

const program = join(import.meta.dirname, '..', '..', 'producers', 'main.ts')
const dir = mkdtempSync(join(tmpdir(), 'remo-producer-test-'))
let kafka: Kafka
let client: KafkaClient

beforeAll(async () => {
  kafka = await startKafka({ dir, port: await freePort(), controllerPort: await freePort() })
  client = new KafkaClient({ brokers: [kafka.bootstrap], logLevel: logLevel.NOTHING })
})

afterAll(async () => {
  await kafka.stop()
  rmSync(dir, { recursive: true, force: true })
})

interface RunningProducer {
  readonly process: ChildProcess
  readonly exitCode: Promise<number | null>
  /** Its output so far. */
  output(): string
}

function startProducer(env: Record<string, string>, args: readonly string[] = []): RunningProducer {
  const settings = { METRIC_SOURCE: 'simulated', KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrap, ...env }
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], ...settings } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (text: Buffer) => (output += text.toString()))
  child.stderr.on('data', (text: Buffer) => (output += text.toString()))
  return {
    process: child,
    exitCode: once(child, 'close').then(([code]) => code as number | null),
    output: () => output,
  }
}

interface StoredRecord {
  readonly partition: number
  readonly key: string
  readonly value: string
}

/** Number of records in a topic that producers sent after `since` (epoch ms); 0 if it does not exist. */
async function endOf(topic: string, since = 0): Promise<number> {
  const admin = client.admin()
  await admin.connect()
  try {
    if (!(await admin.listTopics()).includes(topic)) return 0
    const sum = (offsets: ReadonlyArray<{ offset: string }>) =>
      offsets.reduce((all, one) => all + Number(one.offset), 0)
    const before = since === 0 ? 0 : sum(await admin.fetchTopicOffsetsByTimestamp(topic, since))
    return sum(await admin.fetchTopicOffsets(topic)) - before
  } finally {
    await admin.disconnect()
  }
}

async function untilEnd(topic: string, atLeast: number, since?: number): Promise<void> {
  await vi.waitFor(async () => expect(await endOf(topic, since)).toBeGreaterThanOrEqual(atLeast), {
    timeout: 60_000,
    interval: 200,
  })
}

/** All records of a topic, in order within each partition. */
async function readAll(topic: string): Promise<StoredRecord[]> {
  const expected = await endOf(topic)
  const records: StoredRecord[] = []
  const consumer = client.consumer({ groupId: `read-${topic}`, allowAutoTopicCreation: false })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      records.push({ partition, key: String(message.key), value: String(message.value) })
    },
  })
  await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(expected), { timeout: 30_000 })
  await consumer.disconnect()
  return records
}

function timesOf(records: readonly StoredRecord[]): number[] {
  return records.map(({ value }) => Date.parse(MetricMessage.parse(JSON.parse(value)).timestamp))
}

/** Event times are multiples of the interval: a missing, duplicated or late one shows as another step. */
function stepsOf(times: readonly number[]): number[] {
  return [...new Set(times.slice(1).map((at, index) => at - (times[index] ?? 0)))]
}

function storedByItsOwnCount(output: string): number {
  return Number(/producer stopped, all records stored stored=(\d+) waiting=0 dropped=0/.exec(output)?.[1])
}

test(
  'a broker stopped for 20 s and frozen for 15 s loses, duplicates and reorders no record',
  { timeout: 180_000 },
  async () => {
    const topic = 'metrics-outage'
    const producer = startProducer({ NODE_ID: 'outage', METRIC_INTERVAL: '0.05' })
    await untilEnd(topic, 40)

    await kafka.stop()
    await delay(20_000)
    await kafka.start()
    // Right after its start, a broker may have no metadata to answer with.
    const afterStop = await vi.waitFor(() => endOf(topic), { timeout: 30_000, interval: 200 })
    await untilEnd(topic, afterStop + 440)

    kafka.pause()
    await delay(15_000)
    kafka.resume()
    await untilEnd(topic, (await endOf(topic)) + 320)

    producer.process.kill('SIGTERM')
    expect(await producer.exitCode).toBe(143)
    const times = timesOf(await readAll(topic))
    expect(stepsOf(times)).toEqual([50])
    expect(times.length).toBe(storedByItsOwnCount(producer.output()))
    const warnings = producer.output().match(/warn Kafka does not take records/g) ?? []
    expect(warnings.length).toBeLessThanOrEqual(2)
    expect(producer.output()).toContain('Kafka takes records again')
  },
)

test('SIGTERM while the broker is frozen: queued messages are stored before the program exits', async () => {
  const topic = 'metrics-flush'
  const producer = startProducer({ NODE_ID: 'flush', METRIC_INTERVAL: '0.02' })
  await untilEnd(topic, 50)
  kafka.pause()
  await delay(2_000)
  producer.process.kill('SIGTERM')
  await delay(1_000)
  kafka.resume()
  expect(await producer.exitCode).toBe(143)
  const times = timesOf(await readAll(topic))
  expect(stepsOf(times)).toEqual([20])
  expect(times.length).toBe(storedByItsOwnCount(producer.output()))
})

test('SIGTERM without a broker: the program exits within its limit with code 1 and reports the dropped messages', async () => {
  const port = await freePort()
  const env = { NODE_ID: 'nowhere', METRIC_INTERVAL: '0.1', KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${port}` }
  const producer = startProducer(env)
  await vi.waitFor(() => expect(producer.output()).toContain('ECONNREFUSED'), { timeout: 20_000 })
  const begin = Date.now()
  producer.process.kill('SIGTERM')
  expect(await producer.exitCode).toBe(1)
  expect(Date.now() - begin).toBeLessThan(20_000)
  expect(producer.output()).toMatch(/unsent records discarded stored=0 waiting=[1-9]\d* dropped=0/)
})

test("the load generator fills one keyed topic: every node in one partition, in order, with Kafka's default partitioner", async () => {
  const topic = 'metrics-load'
  const args = [
    '--nodes',
    '300',
    '--interval',
    '1',
    '--count',
    '40',
    '--backlog',
    '--topic',
    topic,
    '--partitions',
    '8',
  ]
  const producer = startProducer({}, args)
  expect(await producer.exitCode).toBe(0)
  expect(storedByItsOwnCount(producer.output())).toBe(12_000)
  const byKey = new Map<string, StoredRecord[]>()
  for (const record of await readAll(topic)) byKey.set(record.key, [...(byKey.get(record.key) ?? []), record])
  expect(byKey.size).toBe(300)
  const partitionOf = Partitioners.DefaultPartitioner()
  const partitionMetadata = Array.from({ length: 8 }, () => ({
    partitionErrorCode: 0,
    partitionId: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }))
  for (const [key, records] of byKey) {
    const partition = partitionOf({ topic, partitionMetadata, message: { key, value: null } })
    expect(new Set(records.map((record) => record.partition))).toEqual(new Set([partition]))
    expect(records).toHaveLength(40)
    expect(stepsOf(timesOf(records))).toEqual([1000])
  }
})

test('a topic deleted while a producer runs is created again', async () => {
  const topic = 'metrics-deleted'
  const producer = startProducer({ NODE_ID: 'deleted', METRIC_INTERVAL: '0.05' })
  await untilEnd(topic, 20)
  const admin = client.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  // The old topic had as many, and may still be listed.
  await untilEnd(topic, 20, Date.now())
  producer.process.kill('SIGINT')
  expect(await producer.exitCode).toBe(130)
  const times = timesOf(await readAll(topic))
  expect(stepsOf(times)).toEqual([50])
})

test('a full queue drops and counts the oldest messages, and stores the rest in order', async () => {
  const topic = 'metrics-bound'
  const destination = new KafkaDestination({
    settings: { brokers: [kafka.bootstrap], clientId: 'bound' },
    partitions: 1,
    now: Date.now,
  })
  const log = lineLog(() => undefined, Date.now)
  const queue = new SendQueue({ destination, log, now: Date.now, limits: { records: 100, bytes: 1e9 } })
  const add = (from: number, to: number) => {
    for (let n = from; n < to; n++) queue.add({ topic, key: 'k', value: Buffer.from(String(n)) })
  }
  queue.start()
  add(0, 10)
  await queue.waitUntilBelow(1)
  await kafka.stop()
  add(10, 11)
  await expect.poll(() => queue.waiting).toBe(1)
  add(11, 400)
  expect(queue.dropped).toBe(289)
  await kafka.start()
  expect(await queue.close(60_000)).toBe(0)
  await destination.close()
  const values = (await readAll(topic)).map(({ value }) => Number(value))
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
  expect(values).toEqual([...numbers(0, 11), ...numbers(300, 400)])
})
