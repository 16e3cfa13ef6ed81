import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { AlertRecord, RuleRecord } from '#shared/team/team-records.ts'
import { ConfigResourceTypes } from 'kafkajs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { enqueueAlerts, enqueueTombstones, enqueueRule } from '../../src-backend/outbox/enqueue.ts'
import { createRelay, type Relay } from '../../src-backend/outbox/relay.ts'
import { insertNextVersion, insertRule } from '../../src-backend/rules/repo.ts'
import { orderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import { quietClient, startStreamBroker, type StreamBroker } from '../contract/stream-broker.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { nullLog } from '../support/null-log.ts'

interface Published {
  readonly topic: string
  readonly key: string
  readonly value: string | null
}

let kafka: StreamBroker
let database: TestDatabase
let relay: Relay
let read: { received: Published[]; end: () => Promise<void> }
let readers = 0

beforeAll(async () => {
  kafka = await startStreamBroker()
})
afterAll(() => kafka.end())
beforeEach(async () => {
  database = await testDatabase()
  relay = relayOn(kafka.bootstrap)
})
afterEach(async () => {
  await relay.stop()
  await database.end()
  await kafka.admin.deleteTopics({ topics: ['remo-rules', 'remo-alerts'] }).catch(() => undefined)
  await until(async () => {
    const left = (await kafka.admin.listTopics()).filter((topic) => topic.startsWith('remo-'))
    expect(left).toEqual([])
  })
})

function relayOn(bootstrap: string): Relay {
  const settings = { brokers: [bootstrap], topicPattern: '^metrics-', clientId: 'remo-backend-test' }
  const producer = orderedProducer({ settings, log: nullLog, now: Date.now })
  return createRelay({ pool: database.pool, producer, log: nullLog, now: Date.now, random: Math.random })
}

const until = (condition: () => unknown, timeout = 30_000) => vi.waitFor(condition, { timeout, interval: 20 })
const waiting = () => relay.lag()

/** A new console: reads all current and future records of the topics. */
async function readFromNothing(): Promise<typeof read> {
  const received: Published[] = []
  const consumer = quietClient(kafka.bootstrap).consumer({
    groupId: `outbox-reader-${readers++}`,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 50,
  })
  await consumer.connect()
  await consumer.subscribe({ topics: ['remo-rules', 'remo-alerts'], fromBeginning: true })
  await consumer.run({
    eachMessage: ({ topic, message: { key, value } }) => {
      received.push({ topic, key: String(key), value: value === null ? null : String(value) })
      return Promise.resolve()
    },
  })
  return { received, end: () => consumer.disconnect() }
}

/** The newest record per key, like a reader's final state. */
function newest(received: readonly Published[]): Map<string, string> {
  const table = new Map<string, string>()
  for (const { key, value } of received) {
    if (value === null) table.delete(key)
    else table.set(key, value)
  }
  return table
}

const alertOf = (n: number) => anAlert({ id: anId(n), openedAt: Date.UTC(2026, 10, 24) })
const publishVersion = (n: number, version: number) =>
  withTx(database.pool, async (db) => {
    const record = { version, alert: alertOf(n) }
    await writeAlerts(db, [record])
    await enqueueAlerts(db, [record])
  })
const versionsOf = (received: readonly Published[], n: number) =>
  received.filter(({ key }) => key === anId(n)).map(({ value }) => AlertRecord.parse(JSON.parse(value ?? '')).version)

test('the topics are created compacted, and a new reader gets the newest record of each key', async () => {
  await withTx(database.pool, async (db) => {
    await insertRule(db, aRule())
    await enqueueRule(db, aRule().id)
    await insertNextVersion(db, aRule({ version: 2 }))
    await enqueueRule(db, aRule().id)
  })
  for (const version of [1, 2, 3]) await publishVersion(1, version)
  await publishVersion(2, 1)
  relay.start()
  await until(async () => expect(await waiting()).toBe(0))
  await publishVersion(3, 1)
  await withTx(database.pool, (db) => enqueueTombstones(db, [anId(2)]))
  await until(async () => expect(await waiting()).toBe(0))

  read = await readFromNothing()
  await until(() => expect(read.received.some(({ key, value }) => key === anId(2) && value === null)).toBe(true))
  await until(() => expect(newest(read.received).size).toBe(3))
  const table = newest(read.received)
  expect(RuleRecord.parse(JSON.parse(table.get(aRule().id) ?? ''))).toEqual({
    rule: aRule({ version: 2 }),
    earlier: [aRule()],
  })
  expect(JSON.parse(table.get(anId(1)) ?? '')).toEqual({ version: 3, alert: alertOf(1) })
  expect(JSON.parse(table.get(anId(3)) ?? '')).toEqual({ version: 1, alert: alertOf(3) })
  await read.end()

  const { resources } = await kafka.admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: 'remo-alerts' }],
  })
  const entries = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
  expect(
    ['cleanup.policy', 'min.cleanable.dirty.ratio', 'segment.ms', 'delete.retention.ms'].map((name) =>
      entries.get(name),
    ),
  ).toEqual(['compact', '0.1', '3600000', '604800000'])
})

test('a commit reaches a reader in well under 200 ms', async () => {
  relay.start()
  await publishVersion(1, 1)
  await until(async () => expect(await waiting()).toBe(0))
  read = await readFromNothing()
  await until(() => expect(versionsOf(read.received, 1)).toContain(1))
  const took: number[] = []
  for (let version = 2; version <= 21; version++) {
    const begin = performance.now()
    await publishVersion(1, version)
    await vi.waitFor(() => expect(versionsOf(read.received, 1).at(-1)).toBe(version), { timeout: 10_000, interval: 1 })
    took.push(performance.now() - begin)
  }
  await read.end()
  expect(took.sort((a, b) => a - b)[10]).toBeLessThan(200)
})

test('a relay killed between send and deletion publishes again, in order', async () => {
  for (const version of [1, 2, 3]) await publishVersion(1, version)
  const program = fileURLToPath(new URL('./relay-process.ts', import.meta.url))
  const mortal = spawn(process.execPath, [program, database.url, kafka.bootstrap], { stdio: 'ignore' })
  const [, signal] = (await once(mortal, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
  await until(async () => expect(await waiting()).toBe(1)) // the first start found empty topics and published the newest records
  relay.start()
  await until(async () => expect(await waiting()).toBe(0))
  read = await readFromNothing()
  await until(() => expect(versionsOf(read.received, 1)).toEqual([3, 3]))
  await publishVersion(1, 4)
  await until(() => expect(versionsOf(read.received, 1)).toEqual([3, 3, 4]))
  await read.end()
})

test('a broker frozen until a send fails, then stopped: every row is published once and in order, and the state has the reason', async () => {
  relay.start()
  await publishVersion(1, 1)
  await until(async () => expect(await waiting()).toBe(0))
  kafka.broker.pause()
  for (let version = 2; version <= 20; version++) await publishVersion(1, version)
  await until(() =>
    expect(relay.status()).toMatchObject({ ok: false, problem: expect.stringContaining('Kafka at') as string }),
  )
  expect(await waiting()).toBe(19)
  kafka.broker.resume()
  await until(async () => expect(await waiting()).toBe(0))
  await until(() => expect(relay.status().ok).toBe(true))
  await kafka.broker.stop()
  await publishVersion(1, 21)
  await until(() => expect(relay.status().ok).toBe(false))
  await delay(5_000)
  await publishVersion(1, 22)
  await kafka.broker.start()
  await until(async () => expect(await waiting()).toBe(0))
  read = await readFromNothing()
  await until(() => expect(versionsOf(read.received, 1).at(-1)).toBe(22))
  await read.end()
  expect(versionsOf(read.received, 1)).toEqual(Array.from({ length: 22 }, (_, n) => n + 1))
})

test('deleted topics are recreated and filled from the database', async () => {
  relay.start()
  await publishVersion(1, 1)
  await publishVersion(2, 1)
  await until(async () => expect(await waiting()).toBe(0))
  await kafka.admin.deleteTopics({ topics: ['remo-rules', 'remo-alerts'] })
  await publishVersion(2, 2)
  await until(async () => expect(await waiting()).toBe(0))
  read = await readFromNothing()
  await until(() => expect(newest(read.received).size).toBe(2))
  await read.end()
  expect([versionsOf(read.received, 1), versionsOf(read.received, 2).at(-1)]).toEqual([[1], 2])
})
