import { setTimeout as delay } from 'node:timers/promises'
import { anAlert } from '#shared/alert/alert-builders.ts'
import { anId, aRule } from '#shared/rule/rule-builders.ts'
import { AlertRecord, RuleRecord } from '#shared/team/team-records.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { writeAlerts } from '../../src-backend/alerts/repo.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import { appendOutbox, enqueueAlerts, enqueueRule } from '../../src-backend/outbox/enqueue.ts'
import { createRelay, type Relay } from '../../src-backend/outbox/relay.ts'
import { insertNextVersion, insertRule } from '../../src-backend/rules/repo.ts'
import { ProduceError } from '../../src-kafka/produce/ordered-producer.ts'
import type { ProducerBatch } from '../../src-kafka/produce/producer-record.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { RecordingProducer } from '../support/recording-producer.ts'
import { nullLog } from '../support/null-log.ts'

let database: TestDatabase
let relays: Relay[]
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.end())
beforeEach(() => {
  relays = []
})
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()))
  await database.pool.query('truncate outbox, rule, rule_version, alert, alert_event cascade')
})

function startRelay(producer: RecordingProducer): Relay {
  const relay = createRelay({ pool: database.pool, producer, log: nullLog, now: Date.now, random: () => 0 })
  relays.push(relay)
  relay.start()
  return relay
}

const cutOpenTransactions = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and state = 'idle in transaction'`

const row = (key: string, payload: unknown = key) => ({ topic: 'remo-rules', key, payload })
const append = (...keys: string[]) =>
  withTx(database.pool, (db) =>
    appendOutbox(
      db,
      keys.map((key) => row(key)),
    ),
  )
const waiting = async () =>
  (await database.pool.query<{ key: string }>('select key from outbox order by id')).rows.map(({ key }) => key)
const until = (condition: () => unknown) => vi.waitFor(condition, { timeout: 20_000, interval: 10 })

test('committed rows are in Kafka well within 200 ms, by notification and not by polling', async () => {
  const producer = new RecordingProducer()
  startRelay(producer)
  await append('first')
  await until(() => expect(producer.stored).toHaveLength(1))
  const took: number[] = []
  for (let n = 0; n < 10; n++) {
    const begin = performance.now()
    await append(`n${n}`)
    await vi.waitFor(() => expect(producer.stored).toHaveLength(n + 2), { timeout: 20_000, interval: 1 })
    took.push(performance.now() - begin)
  }
  expect(took.sort((a, b) => a - b)[5]).toBeLessThan(200)
  await until(async () => expect(await waiting()).toEqual([]))
})

test('a row that commits after one with a higher id is published all the same', async () => {
  const producer = new RecordingProducer()
  startRelay(producer)
  const [slow, quick] = [await database.pool.connect(), await database.pool.connect()]
  await slow.query('begin')
  await appendOutbox(slow, [row('slow')])
  await quick.query('begin')
  await appendOutbox(quick, [row('quick')])
  await quick.query('commit')
  quick.release()
  await until(() => expect(producer.stored.map(({ key }) => key)).toEqual(['quick']))
  await slow.query('commit')
  slow.release()
  await until(() => expect(producer.stored.map(({ key }) => key)).toEqual(['quick', 'slow']))
})

test('a row of a transaction that is rolled back is never published', async () => {
  const producer = new RecordingProducer()
  startRelay(producer)
  await withTx(database.pool, async (db) => {
    await appendOutbox(db, [row('never')])
    throw new Error('changed my mind')
  }).catch(() => undefined)
  await append('published')
  await until(() => expect(producer.stored.map(({ key }) => key)).toEqual(['published']))
})

test('while the broker refuses, rows stay; then the same batch goes first, unchanged, and the rest in order', async () => {
  const producer = new RecordingProducer()
  producer.answer = () => Promise.reject(new ProduceError('Kafka at kafka:9092 does not answer.'))
  const relay = startRelay(producer)
  await append('a', 'b')
  await until(() => expect(producer.offered.length).toBeGreaterThan(0))
  await append('a', 'c')
  expect(await waiting()).toEqual(['a', 'b', 'a', 'c'])
  expect(await relay.lag()).toBe(4)
  await until(() =>
    expect(relay.status()).toMatchObject({ ok: false, problem: 'Kafka at kafka:9092 does not answer.' }),
  )
  producer.answer = () => Promise.resolve()
  await until(() => expect(producer.stored.map(({ key }) => key)).toEqual(['a', 'b', 'a', 'c']))
  await until(() => expect(relay.status().ok).toBe(true))
  const [first] = producer.offered
  const failed = producer.offered.filter((batch) => batch === first)
  expect(failed.length).toBeGreaterThanOrEqual(2)
  expect(producer.offered.slice(0, failed.length)).toEqual(failed)
  await until(async () => expect(await waiting()).toEqual([]))
})

test('refused credentials are not retried within seconds, as other failures are', async () => {
  const producer = new RecordingProducer()
  const waitMs = 60_000
  producer.answer = () => Promise.reject(new ProduceError('kafka:9092 refused the password.', { waitMs }))
  const relay = startRelay(producer)
  await append('a')
  await until(() => expect(relay.status().ok).toBe(false))
  await append('b')
  await delay(2_000) // twice as long as the first wait after another failure
  expect(producer.offered).toHaveLength(1)
})

test('a replica that loses its database during a send publishes the rows again', async () => {
  const producer = new RecordingProducer()
  let cut = false
  producer.answer = async () => {
    if (cut) return
    cut = true
    await database.pool.query(cutOpenTransactions)
  }
  const relay = startRelay(producer)
  await append('a')
  await until(() => expect(producer.stored.map(({ key }) => key)).toEqual(['a', 'a']))
  await until(() => expect(relay.status().ok).toBe(true))
  await until(async () => expect(await waiting()).toEqual([]))
})

test('a send that succeeds after another replica published newer rows does not have the last word', async () => {
  const alert = anAlert({ openedAt: Date.UTC(2026, 10, 24) })
  const enqueue = (version: number) =>
    withTx(database.pool, async (db) => {
      await writeAlerts(db, [{ version, alert }])
      await enqueueAlerts(db, [{ version, alert }])
    })
  const topic: number[] = []
  const store = ({ records }: ProducerBatch<string | null>) =>
    topic.push(...records.map(({ value }) => AlertRecord.parse(JSON.parse(value ?? '')).version))
  const [late, quick] = [new RecordingProducer(), new RecordingProducer()]
  quick.answer = (batch) => Promise.resolve(void store(batch))
  late.answer = async (batch) => {
    if (late.offered.length === 1) {
      await database.pool.query(cutOpenTransactions)
      startRelay(quick)
      await enqueue(2)
      await until(() => expect(topic).toEqual([1, 2]))
    }
    store(batch)
  }
  await enqueue(1)
  startRelay(late)
  await until(() => expect(topic).toEqual([1, 2, 1, 2]))
  await until(async () => expect(await waiting()).toEqual([]))
})

test('a listener that loses its connection receives notifications again', async () => {
  const producer = new RecordingProducer()
  startRelay(producer)
  const listeners = `from pg_stat_activity where datname = current_database() and query = 'listen remo_outbox'`
  const pids = async () => (await database.pool.query<{ pid: number }>(`select pid ${listeners}`)).rows
  await until(async () => expect(await pids()).toHaveLength(1))
  await database.pool.query(`select pg_terminate_backend(pid) ${listeners}`)
  await append('while not listening')
  await until(() => expect(producer.stored).toHaveLength(1))
  await until(async () => expect(await pids()).toHaveLength(1))
})

test('of three replicas one sends at a time: every row once, each key in order', async () => {
  const producers = [new RecordingProducer(), new RecordingProducer(), new RecordingProducer()]
  const all: string[] = []
  let sending = 0
  for (const producer of producers) {
    producer.answer = async ({ records }) => {
      expect(++sending).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 2))
      all.push(...records.map(({ value }) => value ?? ''))
      sending--
    }
    startRelay(producer)
  }
  const write = async (key: string) => {
    for (let n = 0; n < 50; n++) {
      await withTx(database.pool, (db) => appendOutbox(db, [row(key, { key, n })]))
    }
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(write))
  await until(async () => expect(await waiting()).toEqual([]))
  const records = all.map((value) => JSON.parse(value) as { key: string; n: number })
  for (const key of ['a', 'b', 'c', 'd']) {
    expect(records.filter((each) => each.key === key).map(({ n }) => n)).toEqual(
      Array.from({ length: 50 }, (_, n) => n),
    )
  }
})

test('a batch keeps to the limit of a broker, and has one topic', async () => {
  const producer = new RecordingProducer()
  const large = 'x'.repeat(200_000)
  await withTx(database.pool, (db) =>
    appendOutbox(db, [
      ...['a', 'b', 'c', 'd'].map((key) => row(key, large)),
      { topic: 'remo-alerts', key: 'e', payload: null },
      row('f', 'y'.repeat(600_000)),
    ]),
  )
  startRelay(producer)
  await until(() => expect(producer.stored).toHaveLength(6))
  expect(producer.offered.map(({ topic, records }) => [topic, records.map(({ key }) => key)])).toEqual([
    ['remo-rules', ['a', 'b']],
    ['remo-rules', ['c', 'd']],
    ['remo-alerts', ['e']],
    ['remo-rules', ['f']],
  ])
  expect(producer.stored[4]).toEqual({ topic: 'remo-alerts', key: 'e', value: null })
})

test('a topic that lost its records is filled again from the database, each rule with its newest 50 versions', async () => {
  const alert = anAlert({ openedAt: Date.UTC(2026, 10, 24) })
  await withTx(database.pool, async (db) => {
    await insertRule(db, aRule())
    for (let version = 2; version <= 60; version++) await insertNextVersion(db, aRule({ version }))
    await enqueueRule(db, aRule().id)
    await writeAlerts(db, [{ version: 4, alert }])
    await enqueueAlerts(db, [{ version: 3, alert }])
  })
  const producer = new RecordingProducer()
  producer.empty = ['remo-rules', 'remo-alerts']
  startRelay(producer)
  await until(() => expect(producer.stored).toHaveLength(2))
  const [rule, published] = producer.stored
  const record = RuleRecord.parse(JSON.parse(rule?.value ?? ''))
  expect([rule?.key, record.rule.version]).toEqual([aRule().id, 60])
  expect(record.earlier.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, n) => n + 10))
  expect([published?.key, JSON.parse(published?.value ?? '')]).toEqual([anId(1), { version: 4, alert }])
  await until(async () => expect(await waiting()).toEqual([]))
})

test('a stop ends it while the broker hangs, and leaves the rows', async () => {
  const producer = new RecordingProducer()
  let cut: (() => void) | undefined
  producer.answer = () => new Promise((_resolve, reject) => (cut = () => reject(new ProduceError('cut'))))
  producer.close = () => {
    cut?.()
    return Promise.resolve()
  }
  const relay = startRelay(producer)
  await append('a')
  await until(() => expect(cut).toBeDefined())
  const begin = performance.now()
  await relay.stop()
  expect(performance.now() - begin).toBeLessThan(6_000)
  expect(await waiting()).toEqual(['a'])
})
