import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ensureKafkaJars } from '../../scripts/stack/servers/kafka-install.ts'
import { numbered, quietClient, startStreamBroker, type StreamBroker, streamOn } from '../contract/stream-broker.ts'
import { StreamFixture } from '../contract/stream-fixture.ts'

let kafka: StreamBroker
beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterAll(() => kafka.end())

async function readUntil(pattern: string, done: (fixture: StreamFixture) => void): Promise<StreamFixture> {
  const fixture = new StreamFixture()
  const stream = streamOn(kafka.bootstrap, fixture.handlers, { topicPattern: pattern })
  stream.start()
  try {
    await vi.waitFor(() => done(fixture), { timeout: 20_000, interval: 50 })
  } finally {
    await stream.stop()
  }
  return fixture
}

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])("reads records of Kafka's own producer with %s", async (codec) => {
  const topic = `java-${codec}`
  await kafka.createTopic(topic)
  const values = numbered(`{"node_id":"node-1","metrics":{"cpu_usage":71.3}} `, 0, 2_000)
  await writeWithJava(topic, codec, values)
  const fixture = await readUntil(`^${topic}$`, ({ received }) => expect(received).toHaveLength(values.length))
  expect(fixture.values(topic)).toEqual(values)
  expect(fixture.unreadable).toEqual([])
})

test('a batch that would decompress beyond the limit is skipped', async () => {
  await kafka.createTopic('bomb')
  await writeGzip('bomb', ['before'])
  await writeGzip('bomb', ['0'.repeat(20 * 1024 * 1024)])
  await writeGzip('bomb', ['after'])
  const fixture = await readUntil('^bomb$', ({ received }) => expect(received).toHaveLength(2))
  expect(fixture.received).toEqual(['bomb/0@0 before', 'bomb/0@2 after'])
  expect(fixture.unreadable).toMatchObject([
    { topic: 'bomb', offset: 1, reason: expect.stringContaining('gzip') as string },
  ])
})

test('damaged batches in the log are skipped and the valid ones around them are read', async () => {
  const damages: Record<string, (batch: Buffer) => void> = {
    'damaged-codec': (batch) => batch.writeInt16BE(6, attributesAt),
    'damaged-payload': (batch) => batch.fill(0x55, payloadAt + 12, payloadAt + 20),
    'damaged-snappy': (batch) => batch.writeInt16BE(2, attributesAt),
    'damaged-lz4': (batch) => batch.writeInt16BE(3, attributesAt),
    'damaged-zstd': (batch) => batch.writeInt16BE(4, attributesAt),
    'damaged-records': (batch) => batch.writeInt16BE(0, attributesAt),
  }
  for (const topic of Object.keys(damages)) {
    await kafka.createTopic(topic)
    for (const round of [0, 1, 2]) await writeGzip(topic, numbered('', round * 50, (round + 1) * 50))
  }
  await kafka.broker.stop()
  for (const [topic, damage] of Object.entries(damages)) {
    changeSecondBatch(join(kafka.dir, 'data', `${topic}-0`, '00000000000000000000.log'), damage)
  }
  await kafka.broker.start()
  const fixture = await readUntil('^damaged-', ({ received }) => expect(received).toHaveLength(600))
  const good = [...numbered('', 0, 50), ...numbered('', 100, 150)]
  expect(Object.keys(damages).map((topic) => fixture.values(topic))).toEqual(Object.keys(damages).map(() => good))
  expect(fixture.unreadable.map(({ topic, offset }) => `${topic}@${offset}`).sort()).toEqual(
    Object.keys(damages)
      .map((topic) => `${topic}@50`)
      .sort(),
  )
  expect(fixture.gaps).toEqual([])
})

/** Byte positions in a record batch of magic 2 (https://kafka.apache.org/documentation/#recordbatch). */
const attributesAt = 21
const payloadAt = 61

function changeSecondBatch(file: string, change: (batch: Buffer) => void): void {
  const log = readFileSync(file)
  const at = log.readInt32BE(8) + 12
  change(log.subarray(at, at + log.readInt32BE(at + 8) + 12))
  writeFileSync(file, log)
}

async function writeGzip(topic: string, values: readonly string[]): Promise<void> {
  const producer = quietClient(kafka.bootstrap).producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const messages = values.map((value) => ({ value, partition: 0 }))
  await producer.send({ topic, messages, compression: kafkajs.CompressionTypes.GZIP })
  await producer.disconnect()
}

async function writeWithJava(topic: string, codec: string, lines: readonly string[]): Promise<void> {
  const { java, libs } = await ensureKafkaJars(() => undefined)
  const options = ['--bootstrap-server', kafka.bootstrap, '--topic', topic, '--compression-codec', codec]
  await new Promise<void>((resolve, reject) => {
    const args = [
      '-Xmx64m',
      '-XX:TieredStopAtLevel=1',
      '-cp',
      '*',
      'org.apache.kafka.tools.ConsoleProducer',
      ...options,
    ]
    const child = execFile(java, args, { cwd: libs }, (error) => (error ? reject(error) : resolve()))
    child.stdin?.end(lines.join('\n') + '\n')
  })
}
