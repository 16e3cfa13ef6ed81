import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DataProcess } from '../support/data-process.ts'
import { JavaClient } from '../support/java-client.ts'
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts'
import { checkSequence, sequenceFlow } from '../support/sequence-log.ts'

/** By hand: `REMO_TEST_KILLS=200`. */
const kills = Number(process.env['REMO_TEST_KILLS'] ?? 20)
/** A start of the console lets thousands of records wait. */
const sequence = { topic: 'metrics-kill', partitions: 6, nodes: 5, perSecond: 4_000 }
/** A transaction takes less: most kills hit one. */
const longestDelayMs = 60

let cluster: KafkaCluster
let java: JavaClient
let running: DataProcess | undefined
beforeAll(async () => {
  cluster = await startKafkaCluster()
  java = await JavaClient.start(cluster.bootstrap)
})
afterEach(() => running?.kill())
afterAll(async () => {
  await java?.end()
  await cluster?.end()
})

test(
  `after ${kills} times kill -9 during a backlog, the cache has every record exactly once`,
  async () => {
    const dataDir = join(cluster.dir, 'console')
    mkdirSync(dataDir)
    await cluster.createTopic(sequence.topic, sequence.partitions)
    const flow = await java.flow(sequenceFlow(sequence))
    const start = () =>
      (running = new DataProcess({ dataDir, bootstrap: cluster.bootstrap, topicPattern: `^${sequence.topic}$` }))

    for (let kill = 0; kill < kills; kill++) {
      const data = start()
      await expect.poll(() => data.stored(), { timeout: 30_000, interval: 1 }).toBeGreaterThan(0)
      // The random moment is what this test is about.
      await delay(Math.random() * longestDelayMs)
      await data.kill()
    }
    const sent = await flow.halt()
    const total = sent.reduce((sum, count) => sum + count, 0)
    const data = start()
    const complete = { health: { kind: 'live' }, lagMessages: 0, cacheValues: total }
    await expect.poll(() => data.ask('health.report'), { timeout: 60_000, interval: 100 }).toMatchObject(complete)
    await data.stop()
    running = undefined
    const nothing = { lost: 0, doubled: 0, rejects: 0, gaps: 0 }
    expect(checkSequence(dataDir, sequence, sent)).toEqual({ ...nothing, positions: sent })
  },
  90_000 + kills * 10_000,
)
