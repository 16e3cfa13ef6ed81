/** Two backends on one Kafka: one set of team topics belongs to one database. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { aRule } from '#shared/rule/rule-builders.ts'
import { databaseHeader } from '#shared/team/team-topics.ts'
import { isMetricRule } from '#shared/rule/rule.ts'
import { markCompared } from '../../src-backend/outbox/team-database.ts'
import { enqueueRule } from '../../src-backend/outbox/enqueue.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { insertRule } from '../../src-backend/rules/repo.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { type BackendProcess, startBackendProcess } from '../support/backend-process.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { FieldProducer } from '../support/field-producer.ts'
import { DataThread } from './engine-thread.ts'

const within = { timeout: 40_000, interval: 50 }
let kafka: StreamBroker
let field: FieldProducer
const running: Array<{ stop: () => Promise<unknown> }> = []
const databases: TestDatabase[] = []

beforeAll(async () => {
  kafka = await startStreamBroker()
  field = await new FieldProducer(kafka.bootstrap).connect()
})
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop()
  await Promise.all(databases.splice(0).map((database) => database.end()))
  const topics = (await kafka.admin.listTopics()).filter((topic) => topic.startsWith('remo-'))
  await kafka.admin.deleteTopics({ topics })
  await expect
    .poll(async () => (await kafka.admin.listTopics()).filter((t) => t.startsWith('remo-')), within)
    .toEqual([])
})
afterAll(async () => {
  await field.close()
  await kafka.end()
})

/** A database with one rule, which has this warning level. */
async function databaseWith(warning: number): Promise<TestDatabase> {
  const database = await testDatabase()
  databases.push(database)
  await withTx(database.pool, async (db) => {
    const rule = aRule({ warning, critical: 99, clear: 1, forSeconds: 0 })
    await insertRule(db, rule)
    await enqueueRule(db, rule.id)
  })
  await markCompared(database.pool)
  return database
}

async function run({ url }: TestDatabase, team = ''): Promise<BackendProcess> {
  const backend = await startBackendProcess({ databaseUrl: url, bootstrap: kafka.bootstrap, env: { REMO_TEAM: team } })
  running.push(backend)
  return backend
}

function runConsole(name: string, team?: string): DataThread {
  const dataDir = join(kafka.dir, name)
  mkdirSync(dataDir, { recursive: true })
  const options = { dataDir, bootstrap: kafka.bootstrap, topicPattern: '^metrics-', hasBackend: true }
  const thread = new DataThread({ ...options, ...(team === undefined ? {} : { team }) })
  running.push(thread)
  return thread
}

const idOf = async ({ pool }: TestDatabase) =>
  (await pool.query<{ id: string }>('select id from team_database')).rows[0]?.id
const nodesOf = async ({ pool }: TestDatabase) =>
  (await pool.query<{ id: string }>('select node_id as id from node order by 1')).rows.map(({ id }) => id)
const waiting = async ({ pool }: TestDatabase) => (await pool.query('select from outbox')).rowCount
const levelsOf = async (thread: DataThread) =>
  (await thread.supervisor.call('rules.list', {})).filter(isMetricRule).map(({ warning }) => warning)

/** Ids of the databases that published to a topic, each once. */
async function publishersOf(topic: string): Promise<string[]> {
  const consumer = quietClient(kafka.bootstrap).consumer({ groupId: `reader-${topic}`, maxWaitTimeInMs: 50 })
  const found: string[] = []
  const ends = await kafka.admin.fetchTopicOffsets(topic)
  const count = ends.reduce((sum, { offset }) => sum + Number(offset), 0)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachMessage: ({ message }) => Promise.resolve(void found.push(String(message.headers?.[databaseHeader]))),
  })
  await expect.poll(() => found.length, within).toBeGreaterThanOrEqual(Math.max(count, 1))
  await consumer.disconnect()
  return [...new Set(found)]
}

test('a backend with another database exits with one sentence and code 78, and publishes nothing', async () => {
  const [first, second] = [await databaseWith(80), await databaseWith(90)]
  await run(first)
  await expect.poll(() => waiting(first), within).toBe(0)
  const other = await run(second)
  expect(await other.exited).toBe(78)
  const sentence =
    `remo-rules in Kafka belongs to the database ${await idOf(first)}, not to this backend's database ` +
    `${await idOf(second)}: set REMO_TEAM to another name, or take the topics over as docs/operations.md says.`
  expect(other.log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain(sentence)
  expect(await waiting(second)).toBe(2) // its own rule, and the stock rule for offline nodes
  expect(await publishersOf('remo-rules')).toEqual([await idOf(first)])
})

test('of two backends that start on empty topics simultaneously, one runs and one exits', async () => {
  const both = [await databaseWith(80), await databaseWith(90)]
  const [a, b] = await Promise.all(both.map((database) => run(database)))
  if (!a || !b) throw new Error('expected two backends')
  expect(await Promise.race([a.exited, b.exited])).toBe(78)
  await expect.poll(async () => (await Promise.all(both.map(waiting))).toSorted(), within).toEqual([0, 2])
  const winner = (await waiting(both[0] as TestDatabase)) === 0 ? both[0] : both[1]
  expect(await publishersOf('remo-rules')).toEqual([await idOf(winner as TestDatabase)])
})

test('two teams share a Kafka: each backend stores all nodes, and a console sees its own team only', async () => {
  const [red, blue] = [await databaseWith(80), await databaseWith(90)]
  await Promise.all([run(red, 'red'), run(blue, 'blue')])
  for (const nodeId of ['t-1', 't-2', 't-3', 't-4']) {
    await field.send({ nodeId, at: Date.now(), metrics: { cpu_usage: 85 } })
  }
  for (const database of [red, blue]) {
    await expect.poll(() => nodesOf(database), within).toEqual(['t-1', 't-2', 't-3', 't-4'])
  }
  const ofRed = runConsole('console-red', 'red')
  const ofBlue = runConsole('console-blue', 'blue')
  await expect.poll(() => levelsOf(ofBlue), within).toEqual([90])
  await expect.poll(() => levelsOf(ofRed), within).toEqual([80])
  await expect.poll(async () => (await ofRed.supervisor.call('alerts.list', { open: true })).length, within).toBe(4)
  const readByBlue = async () => Object.keys((await ofBlue.supervisor.call('counters.get', {})).messagesByTopic)
  await expect.poll(readByBlue, within).toEqual(expect.arrayContaining([1, 2, 3, 4].map((n) => `metrics-t-${n}`)))
  expect(await ofBlue.supervisor.call('alerts.list', { open: true })).toEqual([])

  await ofRed.stop()
  const moved = runConsole('console-red', 'blue')
  await expect.poll(() => levelsOf(moved), within).toEqual([90])
  await field.send({ nodeId: 't-1', at: Date.now(), metrics: { cpu_usage: 85 } })
  const nodes = async () => (await moved.supervisor.call('alerts.list', { open: true })).map(({ nodeId }) => nodeId)
  await expect.poll(nodes, within).not.toContain('t-1')
})

test('topics that a backend takes over lead consoles to the new database', async () => {
  const [old, next] = [await databaseWith(80), await databaseWith(90)]
  const before = await run(old)
  const thread = runConsole('console-takeover')
  await expect.poll(() => levelsOf(thread), within).toEqual([80])
  await before.stop()
  await kafka.admin.deleteTopics({ topics: ['remo-rules', 'remo-alerts'] })
  await run(next)
  await expect.poll(() => levelsOf(thread), within).toEqual([90])
})
