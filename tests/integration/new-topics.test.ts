/** A producer of the field that does not create its topic, on the demo's broker. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoBroker } from '../../scripts/stack/demo.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 100 }

let kafka: StreamBroker
let database: TestDatabase
let backend: BackendProcess
let console: DataThread
beforeAll(async () => {
  kafka = await startStreamBroker(demoBroker)
  await kafka.createTopic('metrics-node-1')
  database = await testDatabase()
  const env = { REMO_DEMO: 'true', JWT_SECRET_KEY: 'remo-demo' }
  backend = await startBackendProcess({ databaseUrl: database.url, bootstrap: kafka.bootstrap, env })
  await backend.untilReady()
  console = new DataThread({
    dataDir: kafka.dir,
    bootstrap: kafka.bootstrap,
    topicPattern: '^metrics-|^remo-',
    hasBackend: true,
  })
})
afterAll(async () => {
  await console?.stop()
  await backend?.stop()
  await database?.end()
  await kafka?.end()
})

async function readTopics(): Promise<string[]> {
  const { partitions } = await console.supervisor.call('counters.get', {})
  return partitions.map(({ topic }) => topic).filter((topic) => topic.startsWith('metrics-'))
}

test('a new topic is created by its first record, and console and backend read it', async () => {
  await expect.poll(() => readTopics(), within).toEqual(['metrics-node-1'])
  const producer = quietClient(kafka.bootstrap).producer()
  await producer.connect()
  const value = JSON.stringify({
    node_id: 'node-5',
    node_name: 'Server-Epsilon',
    timestamp: new Date().toISOString(),
    metrics: { cpu_usage: 12.5 },
  })
  await producer.send({ topic: 'metrics-node-5', messages: [{ value }] })
  await producer.disconnect()
  await expect
    .poll(async () => (await database.pool.query('select node_id, node_name from node')).rows, within)
    .toEqual([{ node_id: 'node-5', node_name: 'Server-Epsilon' }])
  await expect
    .poll(() => console.supervisor.call('health.report', {}), within)
    .toMatchObject({ health: { kind: 'live' }, rejected: 0 })
})

test('ReMo creates no topic by asking for it', async () => {
  const topics = (await kafka.admin.listTopics()).filter((topic) => !topic.startsWith('__'))
  expect(topics.sort()).toEqual(['metrics-node-1', 'metrics-node-5', 'remo-alerts', 'remo-rules'])
})
