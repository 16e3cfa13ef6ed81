import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import type { KafkaSecurity } from '#shared/settings/kafka-security.ts'
import { kafkaStream } from '../../src-kafka/consume/kafka-stream.ts'
import type { Stream, StreamHandlers } from '../../src-kafka/stream.ts'
import { logTo } from '../../src-main/threads/thread-log.ts'
import { freePort } from '../../scripts/process/free-port.ts'
import type { BrokerFolder } from '../../scripts/stack/servers/broker.ts'
import { type Kafka as Broker, startKafka } from '../../scripts/stack/servers/kafka-server.ts'

/** A real broker for one test file, and a client that fills it. */
export interface StreamBroker {
  readonly broker: Broker
  readonly dir: string
  readonly bootstrap: string
  readonly admin: Admin
  readonly createTopic: (topic: string, partitions?: number) => Promise<void>
  /** Writes the values to one partition, in order, and waits for the acknowledgement. */
  readonly write: (topic: string, values: ReadonlyArray<string | null>, partition?: number) => Promise<void>
  readonly end: () => Promise<void>
}

/** @param properties further broker settings */
export async function startStreamBroker(properties: BrokerFolder['properties'] = {}): Promise<StreamBroker> {
  const dir = mkdtempSync(join(tmpdir(), 'remo-stream-'))
  const broker = await startKafka({ dir, port: await freePort(), controllerPort: await freePort(), properties })
  const client = quietClient(broker.bootstrap)
  const admin = client.admin()
  await admin.connect()
  return {
    broker,
    dir,
    bootstrap: broker.bootstrap,
    admin,
    createTopic: (topic, partitions = 1) => createTopic(admin, topic, partitions),
    write: (topic, values, partition = 0) => write(client, { topic, values, partition }),
    end: async () => {
      await admin.disconnect()
      await broker.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/**
 * A separate client: the tests' view of the broker must not depend on the code under test.
 * @param bootstrap addresses, separated by commas
 */
export function quietClient(bootstrap: string): Kafka {
  return new Kafka({
    brokers: bootstrap.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, maxRetryTime: 1_000 },
  })
}

/** A stream as the console makes it. */
export function streamOn(
  bootstrap: string,
  handlers: StreamHandlers,
  { topicPattern, security }: { topicPattern: string; security?: KafkaSecurity },
): Stream {
  const log = logTo((line) => {
    if (process.env['REMO_TEST_LOG']) console.log(JSON.stringify(line))
  })
  return kafkaStream({
    settings: {
      brokers: bootstrap.split(','),
      topicPattern,
      clientId: 'remo-console-test',
      ...(security ? { security } : {}),
    },
    handlers,
    log,
    now: Date.now,
  })
}

export function numbered(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `${prefix}${from + n}`)
}

/** Without kafkajs waiting for leaders, which sometimes fails for existing topics (K29). */
async function createTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
  const deadline = Date.now() + 30_000
  for (;;) {
    const [described] = (await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }))).topics
    if (described?.partitions.length === partitions && described.partitions.every(({ leader }) => leader > 0)) return
    if (Date.now() > deadline) throw new Error(`topic ${topic} has no leader after 30 s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** With a new producer: a producer that has used a deleted topic fails forever. */
async function write(
  client: Kafka,
  { topic, values, partition }: { topic: string; values: ReadonlyArray<string | null>; partition: number },
): Promise<void> {
  const producer = client.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  await producer.send({ topic, messages: values.map((value) => ({ value, partition })) })
  await producer.disconnect()
}
