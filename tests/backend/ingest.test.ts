import { afterAll, beforeAll, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Pool } from 'pg'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { readPositions } from '../../src-backend/ingest/positions-repo.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { ingestBatchOf, gapIngestBatch, unreadableIngestBatch } from '../../src-backend/ingest/write/ingest-batch.ts'
import type { WriteResult } from '../../src-backend/ingest/write/write-batches.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { PositionMovedError } from '../../src-kafka/client/kafka-failure.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

let database: TestDatabase
let pool: Pool
beforeAll(async () => {
  database = await testDatabase()
  pool = database.pool
  await prepareRules(pool)
})
afterAll(() => database.end())

const minute = 60_000
const now = Math.floor(Date.now() / minute) * minute

/** A writer of one replica, with everything it reported. */
function aWriter() {
  const written: WriteResult[] = []
  const writer = new IngestWriter({
    pool,
    caches: {
      rules: new RuleIndexCache(),
      layouts: new Layouts(),
      days: new DayPartitions({
        ensure: (days) => ensurePartitions(pool, days),
        rawDays: 14,
        now: Date.now,
      }),
    },
    counters: { transaction: () => undefined },
    committed: (each) => written.push(each),
  })
  const write = async (topic: string, records: readonly RawRecord[], partition = 0) => {
    const batch = ingestBatchOf(aRawBatch({ topic, partition, records }), undefined, new SampleScanner())
    if (batch) await writer.write(batch)
  }
  return { writer, write, written }
}

function record(offset: number, value: unknown, timestamp = now): RawRecord {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return { offset, timestamp, value: Buffer.from(text) }
}

function message(node: string, at: number, metrics: Record<string, number>, more: object = {}) {
  return { node_id: node, node_name: `Node ${node}`, timestamp: new Date(at).toISOString(), metrics, ...more }
}

async function samplesOf(node: string): Promise<unknown[]> {
  const { rows } = await pool.query<{ at: Date; metrics: string[]; values: number[] }>(
    `select at, metrics, values from sample join layout on layout.id = sample.layout
     join node on node.id = sample.node where node_id = $1 order by at, layout.id limit 10000`,
    [node],
  )
  return rows.map(({ at, metrics, values }) => [at.getTime() - now, ...metrics.map((name, i) => [name, values[i]])])
}

test('a record becomes a sample, the newest values of its node, and due minutes', async () => {
  const { write } = aWriter()
  const first = message('alpha', now - 1500, { cpu_usage: 0.1, temp: 21.5 }, { units: { temp: '°C' } })
  await write('alpha', [record(5, first), record(6, message('alpha', now - 500, { cpu_usage: 12.5 }))])
  expect(await samplesOf('alpha')).toEqual([
    [-1500, ['cpu_usage', 0.1], ['temp', 21.5]],
    [-500, ['cpu_usage', 12.5]],
  ])
  const { rows } = await pool.query('select node_name, interval_ms, latest, units from node where node_id = $1', [
    'alpha',
  ])
  expect(rows).toEqual([
    {
      node_name: 'Node alpha',
      interval_ms: 1000,
      latest: { cpu_usage: { value: 12.5, at: now - 500 }, temp: { value: 21.5, at: now - 1500 } },
      units: { temp: '°C' },
    },
  ])
  const due = await pool.query<{ since: Date; until: Date }>('select since, until from rollup_due limit 10')
  expect(due.rows).toEqual([{ since: new Date(now - minute), until: new Date(now) }])
})

test('records before the stored position are skipped, whichever replica reads them', async () => {
  const [a, b] = [aWriter(), aWriter()]
  const records = [0, 1, 2, 3].map((n) => record(n, message('twice', now - 4000 + n * 1000, { cpu_usage: n })))
  await a.write('twice', records.slice(0, 3))
  await b.write('twice', records)
  await b.write('twice', records)
  expect(await samplesOf('twice')).toHaveLength(4)
  expect(b.written.map(({ duplicates }) => duplicates)).toEqual([0, 0])
  const { rows } = await pool.query(`select next, last_timestamp from stream_position where topic = 'twice'`)
  expect(rows).toEqual([{ next: '4', last_timestamp: String(now) }])
})

test('a sample that comes again under another offset replaces the one before, and is counted', async () => {
  const { write, written } = aWriter()
  const at = now - 1000
  await write('again', [record(0, message('again', at, { cpu_usage: 1 })), record(1, message('again', at, { x: 1 }))])
  await write(
    'again',
    [2, 3].map((offset) => record(offset, message('again', at, { cpu_usage: offset }))),
  )
  await write('again', [record(4, message('again', now, { cpu_usage: 4 }))])
  expect(await samplesOf('again')).toEqual([
    [-1000, ['cpu_usage', 3]],
    [-1000, ['x', 1]],
    [0, ['cpu_usage', 4]],
  ])
  expect(written.map(({ duplicates }) => duplicates)).toEqual([0, 2, 0])
})

test('an unreadable or unstorable record is rejected once with its reason, and the rest is stored', async () => {
  const { write, writer } = aWriter()
  const records = [
    record(0, 'not json'),
    record(1, message('odd\0node', now, { cpu_usage: 1 })),
    record(2, '{"node_id":"\\ud800","node_name":"n","timestamp":"2026-11-24T10:00:00Z","metrics":{"x":1}}'),
    record(3, message('odd', now, { 'a\0b': 1 }), Number.MAX_SAFE_INTEGER),
    { offset: 4, timestamp: -1, value: null },
    record(5, message('odd', now, { cpu_usage: 5 })),
  ]
  await write('metrics-odd', records)
  await write('metrics-odd', records)
  const resumeFrom = { topic: 'metrics-odd', partition: 0, next: 9, last: null }
  const unreadable = { position: { topic: 'metrics-odd', partition: 0, offset: 6 }, reason: 'Bad.', resumeFrom }
  await writer.write(unreadableIngestBatch(unreadable, now, undefined))
  const { rows } = await pool.query<{ offset: string; code: string }>(
    `select "offset", code from rejected where topic = 'metrics-odd' order by "offset" limit 10`,
  )
  expect(rows.map(({ offset, code }) => `${offset} ${code}`)).toEqual([
    '0 not-json',
    '1 bad-text',
    '2 bad-text',
    '3 bad-text',
    '4 tombstone',
    '6 bad-codec',
  ])
  expect(await samplesOf('odd')).toEqual([[0, ['cpu_usage', 5]]])
})

test('a record with more names than an index can hold is stored with all values', async () => {
  const { write } = aWriter()
  const name = () =>
    Array.from({ length: 64 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000))).join('')
  const metrics = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [name(), n]))
  const records = [record(0, message('long', now - 1000, metrics)), record(1, message('long', now, { cpu_usage: 2 }))]
  await write('long', records)
  const stored = async () =>
    new Map((await samplesOf('long')).flatMap((row) => (row as Array<[string, number]>).slice(1)))
  expect(await stored()).toEqual(new Map([...Object.entries(metrics), ['cpu_usage', 2]]))
  expect((await pool.query(`select code from rejected where topic = 'long'`)).rows).toEqual([])
  const again = Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [metric, value + 1]))
  await write('long', [record(2, message('long', now - 1000, again))])
  expect(await stored()).toEqual(new Map([...Object.entries(again), ['cpu_usage', 2]]))
})

test('a metric that is no number is rejected with its name, and the other metrics are stored', async () => {
  const { write } = aWriter()
  const text = JSON.stringify(message('part', now, { cpu_usage: 5, gpu: 1, fan: 2, load: 3 }))
  await write('part', [
    record(
      0,
      text.replace('"gpu":1', '"gpu":null').replace('"fan":2', '"fan":"n/a"').replace('"load":3', '"load":NaN'),
    ),
  ])
  expect(await samplesOf('part')).toEqual([[0, ['cpu_usage', 5]]])
  const { rows } = await pool.query(`select code, reason from rejected where topic = 'part'`)
  expect(rows).toEqual([
    {
      code: 'bad-metric',
      reason: 'metrics.fan: expected a number, got "n/a"; metrics.load: expected a number, got NaN',
    },
  ])
})

test('a sample older than the retention makes no node and no newest value, and is rejected with its time', async () => {
  const { write, written } = aWriter()
  await write('old', [
    record(0, message('old', now - 15 * 86_400_000, { cpu_usage: 1 })),
    record(1, message('old', now, { cpu_usage: 2 })),
  ])
  expect(written.map(({ outsideRetention }) => outsideRetention)).toEqual([1])
  expect(await samplesOf('old')).toEqual([[0, ['cpu_usage', 2]]])
  await write('older', [record(0, message('older', now - 15 * 86_400_000, { cpu_usage: 1 }))])
  expect((await pool.query(`select node_id from node where node_id = 'older'`)).rows).toEqual([])
  const { rows } = await pool.query<{ topic: string; reason: string }>(
    `select topic, reason from rejected where code = 'too-old' order by topic limit 10`,
  )
  expect(rows.map(({ topic }) => topic)).toEqual(['old', 'older'])
  expect(rows[1]?.reason).toMatch(/^timestamp: expected at most 14 days ago, .* UTC from older$/)
})

const lost = (topic: string, from: number, to: number) => ({ topic, partition: 0, from, to, reason: 'gone', at: now })
const at = (topic: string, next: number, last: ReadPosition['last'] = null) => ({ topic, partition: 0, next, last })

async function positionOf(topic: string): Promise<ReadPosition | undefined> {
  return (await readPositions(pool)).find((position) => position.topic === topic)
}

async function gapsOf(topic: string): Promise<unknown[]> {
  const { rows } = await pool.query('select first, until from stream_gap where topic = $1 limit 10', [topic])
  return rows
}

test('a gap is recorded once, and only by a replica that knew the current position', async () => {
  const { write, writer } = aWriter()
  await write('gap', [record(0, message('gap', now - 1000, { cpu_usage: 1 }))])
  const known = await positionOf('gap')
  await writer.write(gapIngestBatch(lost('gap', 1, 10), at('gap', 10), known))
  await expect(writer.write(gapIngestBatch(lost('gap', 1, 10), at('gap', 10), known))).rejects.toBeInstanceOf(
    PositionMovedError,
  )
  expect(await gapsOf('gap')).toEqual([{ first: '1', until: '10' }])
})

test('a gap seen from an offset of another log, or of one that was never read, is not recorded', async () => {
  const { write, writer } = aWriter()
  await write('other', [record(0, message('other', now - 1000, { cpu_usage: 1 }))])
  const other = at('other', 1, { timestamp: now, hash: 'of another record' })
  for (const known of [other, at('other', 1), at('other', 0)]) {
    const gap = gapIngestBatch(lost('other', known.next, 10), at('other', 10), known)
    await expect(writer.write(gap)).rejects.toBeInstanceOf(PositionMovedError)
  }
  expect(await gapsOf('other')).toEqual([])
  expect(await positionOf('other')).toMatchObject({ next: 1 })
})

test('records that wait while their partition is read again count once, and are not a gap', async () => {
  const { write, writer, written } = aWriter()
  const records = [0, 1, 2, 3].map((n) => record(n, message('reread', now - 4000 + n * 1000, { cpu_usage: n })))
  await write('reread', records.slice(0, 1))
  const known = await positionOf('reread')
  const outcome = await Promise.allSettled([
    write('reread', records.slice(0, 3)),
    write('reread', records),
    writer.write(gapIngestBatch(lost('reread', 1, 10), at('reread', 10), known)),
  ])
  expect(outcome.at(-1)).toMatchObject({ reason: expect.any(PositionMovedError) as Error })
  expect(await gapsOf('reread')).toEqual([])
  expect(await positionOf('reread')).toMatchObject({ next: 4 })
  expect(await samplesOf('reread')).toHaveLength(4)
  expect(written.map(({ duplicates }) => duplicates)).toEqual([0, 0])
})

test('a batch that begins after the position of another replica is read again before it is stored', async () => {
  const [a, b] = [aWriter(), aWriter()]
  await a.write('behind', [record(0, message('behind', now - 1000, { cpu_usage: 1 }))])
  const later = [record(7, message('behind', now, { cpu_usage: 7 }))]
  await expect(b.write('behind', later)).rejects.toBeInstanceOf(PositionMovedError)
  expect(await positionOf('behind')).toMatchObject({ next: 1 })
})

test('however the log is cut and interleaved, rows, states and alerts are the same', async () => {
  const series = (topic: string) =>
    Array.from({ length: 60 }, (_, n) => {
      const cpu = n % 30 < 15 ? 97 : 20 // as long clear as the hold of the stock rule
      return record(n, message(`${topic}-${n % 3}`, now - 900_000 + n * 10_000, { cpu_usage: cpu, load: n }), now)
    })
  const outcome = async (topic: string) => {
    const { rows } = await pool.query<{ name: string; rest: unknown }>(
      `select replace(node_id, $1, '') as name,
         jsonb_build_object('interval', interval_ms, 'latest', latest, 'phases',
           (select jsonb_agg(jsonb_build_array(alert ->> 'phase', alert ->> 'openedAt', alert ->> 'resolvedAt')
              order by opened_at) from alert where alert.node_id = node.node_id),
           'samples', (select count(*) from sample where sample.node = node.id)) as rest
       from node where starts_with(node_id, $1) order by node_id limit 10`,
      [topic],
    )
    return rows
  }
  const whole = aWriter()
  await whole.write('whole', series('whole'))
  const expected = await outcome('whole')
  expect(JSON.stringify(expected)).toContain('resolved')
  let runs = 0
  const run = fc.record({ size: fc.integer({ min: 1, max: 20 }), by: fc.integer({ min: 0, max: 1 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 3, maxLength: 12 }), async (cuts) => {
      const topic = `cut${runs++}`
      const writers = [aWriter(), aWriter()]
      const records = series(topic)
      for (let from = 0, i = 0; from < records.length; i++) {
        const { size, by } = cuts[i % cuts.length] ?? { size: 1, by: 0 }
        // some records of the batch before come again
        await writers[by]?.write(topic, records.slice(Math.max(0, from - (size % 4)), from + size))
        from += size
      }
      expect(await outcome(topic)).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})
