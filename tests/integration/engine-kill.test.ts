import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ConsoleStore } from '../../src-main/store/console-store.ts'
import { ReadStore } from '../../src-main/store/read-store.ts'
import { storedRows } from '../../src-main/store/test-cache.ts'
import { DataProcess } from '../support/data-process.ts'
import { JavaClient } from '../support/java-client.ts'
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts'

/** By hand: `REMO_TEST_KILLS=200`. */
const kills = Number(process.env['REMO_TEST_KILLS'] ?? 20)
const topic = 'metrics-kill'
const partitions = 6
const nodes = 5
/** Records that are written between two kills. */
const perRound = 6_000

let cluster: KafkaCluster
let java: JavaClient
let program: DataProcess | undefined
beforeAll(async () => {
  cluster = await startKafkaCluster()
  java = await JavaClient.start(cluster.bootstrap)
})
afterEach(() => program?.kill())
afterAll(async () => {
  await java?.end()
  await cluster?.end()
})

test(`after ${kills} times kill -9 during a backlog, the cache has every record exactly once`, async () => {
  const dataDir = join(cluster.dir, 'console')
  mkdirSync(dataDir)
  await cluster.createTopic(topic, partitions)
  const value =
    '{"node_id": "{partition}-{node}", "node_name": "K", "timestamp": "{time}", "metrics": {"queue_depth": {seq}}}'
  const flow = await java.flow({ topic, partitions, perSecond: perRound, nodes, value })
  let during = 0
  for (let kill = 0; kill < kills; kill++) {
    program = new DataProcess({ dataDir, bootstrap: cluster.bootstrap, topicPattern: `^${topic}$` })
    const running = program
    await expect.poll(() => running.stored(), { timeout: 30_000, interval: 1 }).toBeGreaterThan(0)
    const health = await running.ask('health.report')
    if ((health?.lagMessages ?? 0) > 0) during++
    // A random moment is what this test is about.
    await delay(Math.random() * 60)
    await running.kill()
  }
  const sent = await flow.halt()
  const total = sent.reduce((sum, count) => sum + count, 0)
  program = new DataProcess({ dataDir, bootstrap: cluster.bootstrap, topicPattern: `^${topic}$` })
  const last = program
  const done = { health: { kind: 'live' }, lagMessages: 0, cacheValues: total }
  await expect.poll(() => last.ask('health.report'), { timeout: 60_000, interval: 100 }).toMatchObject(done)
  await last.stop()
  program = undefined
  process.stdout.write(`${total} records, ${during} of ${kills} kills with a lag\n`)
  expect(storedIn(dataDir)).toEqual({
    positions: sent,
    samples: total,
    gaps: [],
    rejects: [],
    values: sent.flatMap((count, partition) => valuesOf(partition, count)),
  })
}, 300_000)

/** `node: its values in order`, of every node. */
function valuesOf(partition: number, count: number): string[] {
  return Array.from({ length: nodes }, (_, node) => {
    const values = Array.from({ length: Math.ceil((count - node) / nodes) }, (_empty, n) => n * nodes + node)
    return `${partition}-${node}: ${values.join()}`
  })
}

function storedIn(dataDir: string) {
  const { store } = ConsoleStore.open(dataDir, Date.now())
  const reader = ReadStore.open(dataDir)
  const numbers = Array.from({ length: partitions }, (_, partition) => partition)
  const found = {
    positions: numbers.map((partition) => store.position(topic, partition)?.next ?? 0),
    samples: store.stats().samples,
    gaps: store.gaps(10),
    rejects: store.rejectedRecords(10),
    values: numbers.flatMap((partition) =>
      Array.from({ length: nodes }, (_, node) => {
        const rows = storedRows({ reader, store }, `${partition}-${node}`)
        return `${partition}-${node}: ${rows
          .map(([, value]) => value)
          .toSorted((a, b) => a - b)
          .join()}`
      }),
    ),
  }
  reader.close()
  store.close()
  return found
}
