/** Records with counters, whichever replica reads them: the rates are the same to the bit. */
import fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareRules } from '../../src-backend/rules/service.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { consoleValuesOf } from '../support/console-values.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'
import { storedValuesOf, TestReplica } from '../support/test-replica.ts'

let database: TestDatabase
let pool: Pool
beforeAll(async () => {
  database = await testDatabase()
  pool = database.pool
  await prepareRules(pool)
})
afterAll(() => database.end())

const startAt = Math.floor(Date.now() / 60_000) * 60_000 - 30 * 60_000

interface Measured {
  readonly host: string
  readonly second: number
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, number>>
}

function telegraf(offset: number, { host, second, name, tags, fields }: Measured): RawRecord {
  const timestamp = Math.floor(startAt / 1000) + second
  const value = { fields, name, tags: { host, ...tags }, timestamp }
  return { offset, timestamp: timestamp * 1000, value: Buffer.from(JSON.stringify(value)) }
}

const net = (host: string, second: number, bytes: number, device = 'eth0'): Measured => {
  return {
    host,
    second,
    name: 'net',
    tags: { interface: device },
    fields: { bytes_recv: bytes, bytes_sent: bytes * 2 },
  }
}

const valuesOf = (node: string) => storedValuesOf(pool, node)

test('a replica that takes a partition over continues the rates of the one before', async () => {
  const records = [1000, 2000, 4000, 3000, 9000].map((bytes, n) => telegraf(n, net('over', n * 10, bytes)))
  const [a, b] = [new TestReplica(pool), new TestReplica(pool)]
  await a.refresh()
  await b.refresh()
  await a.read('over', 0, records.slice(0, 2))
  await b.refresh()
  await b.read('over', 0, records.slice(2, 3))
  await a.refresh()
  await a.read('over', 0, records.slice(3))
  const rates = (await valuesOf('over')).filter(({ metric }) => metric.startsWith('net.bytes_recv'))
  expect(rates.map(({ at, value }) => [(at - startAt) / 1000, value])).toEqual([
    [10, 100],
    [20, 200],
    // a fall at 30 s: no value once
    [40, 600],
  ])
  expect(await valuesOf('over')).toEqual(consoleValuesOf([{ topic: 'over', records }], 'over'))
})

test('a failed transaction and a repeated delivery change no rate', async () => {
  const records = [10, 30, 70, 150].map((bytes, n) => telegraf(n, net('again', n * 10, bytes)))
  const replica = new TestReplica(pool)
  await replica.refresh()
  await replica.read('again', 0, records.slice(0, 2))
  await expect(replica.read('again', 0, records.slice(2), true)).rejects.toThrow(/away/)
  await replica.read('again', 0, records)
  expect(await valuesOf('again')).toEqual(consoleValuesOf([{ topic: 'again', records }], 'again'))
})

test('a batch of which another replica stored a part gives the same rates and the same counters', async () => {
  const records = [10, 30, 70, 150, 310].map((bytes, n) => telegraf(n, net('part', n * 10, bytes)))
  const [a, b] = [new TestReplica(pool), new TestReplica(pool)]
  await a.refresh()
  await b.refresh()
  await a.read('part', 0, records.slice(0, 3))
  // it read from the beginning, and was slower
  await b.read('part', 0, records.slice(0, 4)).catch(() => b.refresh())
  await b.read('part', 0, records)
  expect(await valuesOf('part')).toEqual(consoleValuesOf([{ topic: 'part', records }], 'part'))
  const { rows } = await pool.query(`select names, raw, step from counter where topic = 'part' and part like 'net{%'`)
  expect(rows).toEqual([expect.objectContaining({ raw: expect.arrayContaining([310, 620]) as number[] }) as object])
})

const hosts = ['h0', 'h1']
test('a node whose records are in partitions of two replicas has no totals, as in a console', async () => {
  const [a, b] = [new TestReplica(pool), new TestReplica(pool)]
  await a.refresh()
  await b.refresh()
  const logs = ['eth0', 'eth1'].map((device) => {
    return [0, 10, 20, 30].map((second, n) => telegraf(n, net('spread', second, 1000 * (n + 1), device)))
  })
  const [one = [], two = []] = logs
  // In turns, as both replicas are at the end of the log.
  for (let n = 0; n < 4; n++) {
    await a.read('spread', 0, one.slice(n, n + 1))
    await b.read('spread', 1, two.slice(n, n + 1))
  }
  const metrics = new Set((await valuesOf('spread')).map(({ metric }) => metric))
  expect(metrics).toContain('net.bytes_recv{interface=eth0}')
  expect(metrics).not.toContain('network_traffic')
  const alone = new TestReplica(pool)
  await alone.refresh()
  await alone.read(
    'alone',
    0,
    [0, 10, 20, 30].map((second, n) => telegraf(n, net('alone', second, 1000 * (n + 1)))),
  )
  expect(new Set((await valuesOf('alone')).map(({ metric }) => metric))).toContain('network_traffic')
})

interface Step {
  readonly host: string
  readonly step: number
  readonly kind: 'net' | 'diskio' | 'mem' | 'cpu'
  readonly device: string
  /** Of the counter; negative: it begins at 0 again. */
  readonly grow: number
}
const measured = fc.record<Step>({
  host: fc.constantFrom(...hosts),
  step: fc.constantFrom(0, 0, 1, 10, 10, 10, 10, 200, -10),
  kind: fc.constantFrom('net', 'net', 'diskio', 'mem', 'cpu'),
  device: fc.constantFrom('eth0', 'eth1', 'sda', 'lo'),
  grow: fc.constantFrom(0, 1, 100, 12_345, 2 ** 40, -1),
})
const reading = fc.record<Reading>({
  replica: fc.nat(1),
  partition: fc.nat(1),
  count: fc.constantFrom(1, 2, 5, 30),
  end: fc.constantFrom('stored', 'stored', 'stored', 'failed', 'crashed'),
})

interface Reading {
  readonly replica: number
  readonly partition: number
  readonly count: number
  readonly end: 'stored' | 'failed' | 'crashed'
}

test('however replicas share the log, all values are those of a console', { timeout: 120_000 }, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(measured, { minLength: 20, maxLength: 60 }), { minLength: 2, maxLength: 2 }),
      fc.array(reading, { minLength: 10, maxLength: 30 }),
      async (logs, readings) => {
        const topic = `shared-${run++}`
        const records = logs.map((log, partition) => recordsOf(log, `${topic}-${partition}`))
        const replicas = [new TestReplica(pool), new TestReplica(pool)]
        const next = [0, 0]
        const readAs = async ({ replica, partition, count, end }: Reading) => {
          const at = next[partition] ?? 0
          const some = records[partition]?.slice(at, at + count) ?? []
          const reader = replicas[replica] as TestReplica
          await reader.refresh()
          if (some.length === 0) return
          await reader.read(topic, partition, some, end === 'failed').catch(() => undefined)
          if (end === 'crashed') replicas[replica] = new TestReplica(pool)
          if (end !== 'failed') next[partition] = at + some.length
        }
        for (const each of readings) await readAs(each)
        for (const partition of [0, 1]) await readAs({ replica: 0, partition, count: Infinity, end: 'stored' })
        for (const [partition] of records.entries()) {
          for (const host of hosts) {
            const node = `${topic}-${partition}-${host}`
            const empty = { topic, records: [] }
            const log = records.map((own, n) => (n === partition ? { topic, records: own } : empty))
            expect(await valuesOf(node)).toEqual(consoleValuesOf(log, node))
          }
        }
      },
    ),
    { numRuns: 25 },
  )
})

function recordsOf(log: ReadonlyArray<Step>, prefix: string): RawRecord[] {
  let second = 0
  const counters = new Map<string, number>()
  return log.map(({ host, step, kind, device, grow }, offset) => {
    second += Math.max(0, step)
    const key = `${host} ${kind} ${device}`
    const raw = grow < 0 ? 0 : (counters.get(key) ?? 1_000) + grow
    counters.set(key, raw)
    const at = { host: `${prefix}-${host}`, second: step < 0 ? second + step : second }
    if (kind === 'net') return telegraf(offset, { ...net(at.host, at.second, raw, device) })
    if (kind === 'diskio') {
      const fields = { read_bytes: raw, write_bytes: raw * 3, io_time: raw }
      return telegraf(offset, { ...at, name: 'diskio', tags: { name: device }, fields })
    }
    if (kind === 'mem')
      return telegraf(offset, { ...at, name: 'mem', tags: {}, fields: { used_percent: 50 + grow, used: raw } })
    return telegraf(offset, {
      ...at,
      name: 'cpu',
      tags: { cpu: 'cpu-total' },
      fields: { usage_idle: 90, usage_user: 10 },
    })
  })
}
