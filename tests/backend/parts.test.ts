/** Nodes that other programs report: their parts in the database, and what requests say of them. */
import type { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Rule } from '#shared/rule/rule.ts'
import { SampleScanner } from '#shared/metric/sample-scanner.ts'
import { exportRoutes } from '../../src-backend/export/routes.ts'
import { TopicSources } from '../../src-backend/ingest/topic-sources.ts'
import { RuleIndexCache } from '../../src-backend/ingest/rule-index-cache.ts'
import { DayPartitions } from '../../src-backend/ingest/write/day-partitions.ts'
import { ingestBatchOf } from '../../src-backend/ingest/write/ingest-batch.ts'
import { IngestWriter } from '../../src-backend/ingest/write/ingest-writer.ts'
import { Layouts } from '../../src-backend/ingest/write/layouts.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { deleteOldParts } from '../../src-backend/nodes/old-parts.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { ruleRoutes } from '../../src-backend/rules/routes.ts'
import { prepareRules } from '../../src-backend/rules/service.ts'
import { sourceRoutes } from '../../src-backend/system/sources.ts'
import { aRawBatch } from '../../src-kafka/records/run-builders.ts'
import type { RawRecord } from '../../src-kafka/stream.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'

let app: TestApp
let pool: Pool
beforeAll(async () => {
  app = await testApp(() => [...ruleRoutes(), ...metricRoutes(), ...exportRoutes(), ...nodeRoutes(), ...sourceRoutes()])
  pool = app.pool
  await prepareRules(pool)
}, 60_000)
afterAll(() => app.end())

const now = Math.floor(Date.now() / 60_000) * 60_000
const sources = new TopicSources()

function aWriter() {
  const scanner = new SampleScanner()
  const days = new DayPartitions({ ensure: (each) => ensurePartitions(pool, each), rawDays: 14, now: Date.now })
  const writer = new IngestWriter({
    pool,
    caches: { rules: new RuleIndexCache(), layouts: new Layouts(), days },
    counters: { transaction: () => undefined },
    committed: ({ outcomes }) => {
      for (const { stored } of outcomes) if (stored?.tally) sources.add(stored.tally)
    },
  })
  return async (topic: string, records: readonly RawRecord[]) => {
    const batch = ingestBatchOf(aRawBatch({ topic, partition: 0, records }), undefined, scanner)
    if (batch) await writer.write(batch)
  }
}

/** A record of the host; each test has its own. */
function disk(
  offset: number,
  second: number,
  { path, used, host = 'web-1' }: { path: string; used: number; host?: string },
): RawRecord {
  const value = { fields: { used_percent: used, free: 100 - used }, name: 'disk', tags: { host, path, device: 'sda1' } }
  const timestamp = now / 1000 - 60 + second
  return { offset, timestamp: timestamp * 1000, value: Buffer.from(JSON.stringify({ ...value, timestamp })) }
}

const get = async (path: string): Promise<unknown> => (await app.call(`get ${path}`, { as: 'viewer' })).body

test('a metric with tags is found by its name, in every list', async () => {
  const write = aWriter()
  await write('telegraf', [
    disk(0, 0, { path: '/', used: 40 }),
    disk(1, 0, { path: '/var/lib', used: 90 }),
    disk(2, 10, { path: '/', used: 41 }),
  ])
  const name = 'disk.used_percent{path=/var/lib}'
  const query = `node_id=web-1&metric_type=${encodeURIComponent(name)}`
  expect(await get(`/api/metrics/latest?${query}`)).toEqual({
    'web-1': { [name]: { value: 90, timestamp: new Date(now - 60_000).toISOString() } },
  })
  expect(Object.keys((await get(`/api/metrics/history?${query}`)) as object)).toEqual([name])
  const all = await get('/api/metrics/latest?node_id=web-1')
  expect(all).toMatchObject({ 'web-1': { 'disk.used_percent{path=/}': { value: 41 }, [name]: { value: 90 } } })
  expect(await get(`/api/export/csv?${query}&hours=1`)).toContain(`web-1,${name},90,%`)
})

test('a range of metrics with commas in their tags is split as it was joined', async () => {
  const value = {
    fields: { reads: 5, size: 7 },
    name: 'app',
    tags: { host: 'web-9', name: 'a,b' },
    timestamp: now / 1000,
  }
  await aWriter()('app', [{ offset: 0, timestamp: now, value: Buffer.from(JSON.stringify(value)) }])
  const stored = Object.keys(
    ((await get('/api/metrics/latest?node_id=web-9')) as Record<string, object>)['web-9'] ?? {},
  )
  const named = stored.filter((metric) => metric.includes('{'))
  expect(named.length).toBeGreaterThan(1)
  const [from, to] = [now - 60_000, now + 60_000].map((at) => new Date(at).toISOString())
  const query = `node_id=web-9&metrics=${encodeURIComponent(named.join(','))}&from=${from}&to=${to}`
  const { series } = (await get(`/api/metrics/range?${query}`)) as { series: Array<{ metric: string; last: number[] }> }
  expect(series.map(({ metric }) => metric)).toEqual(named)
  expect(series.every(({ last }) => last.length === 1)).toBe(true)
})

test('records of equal times of one node are no repetition', async () => {
  const write = aWriter()
  const records = Array.from({ length: 40 }, (_, n) =>
    disk(n, Math.floor(n / 8) * 10, { path: `/${n % 8}`, used: n, host: 'equal' }),
  )
  await write('equal', records)
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from sample join node on node.id = sample.node where node_id = 'equal'`,
  )
  expect(rows).toEqual([{ n: 40 }])
})

test('a replica that another one overtook continues with the parts that the other wrote', async () => {
  const [a, b] = [aWriter(), aWriter()]
  await a('two', [disk(0, 0, { path: '/', used: 1, host: 'two' }), disk(1, 0, { path: '/b', used: 2, host: 'two' })])
  await b('two', [disk(2, 10, { path: '/b', used: 3, host: 'two' })])
  await a('two', [disk(3, 20, { path: '/', used: 4, host: 'two' })])
  const latest = (await get('/api/metrics/latest?node_id=two')) as Record<string, Record<string, { value: number }>>
  expect(latest['two']?.['disk.used_percent{path=/}']?.value).toBe(4)
  expect(latest['two']?.['disk.used_percent{path=/b}']?.value).toBe(3)
})

test('a part without samples is deleted, and is back with its next record in every replica', async () => {
  const write = aWriter()
  await write('gone', [
    disk(0, 0, { path: '/old', used: 1, host: 'gone' }),
    disk(1, 50, { path: '/', used: 2, host: 'gone' }),
  ])
  expect(await deleteOldParts(pool, { before: now - 30_000, limit: 10_000 })).toBeGreaterThan(0)
  const metrics = async () =>
    Object.keys(((await get('/api/metrics/latest?node_id=gone')) as Record<string, object>)['gone'] ?? {})
  expect(await metrics()).not.toContain('disk.used_percent{path=/old}')
  await write('gone', [disk(2, 60, { path: '/old', used: 3, host: 'gone' })])
  expect(await metrics()).toContain('disk.used_percent{path=/old}')
})

test('the sources say what the records of a topic are', async () => {
  const write = aWriter()
  await write('orders', [
    disk(0, 0, { path: '/', used: 1, host: 'orders' }),
    { offset: 1, timestamp: now, value: Buffer.from('{"order_id":"A-17","customer":"Ada"}') },
  ])
  await sources.write(pool, Date.now())
  const list = (await get('/api/sources')) as Array<{ topic: string }>
  expect(list.find(({ topic }) => topic === 'orders')).toMatchObject({
    formats: [{ format: 'telegraf-json', records: 1 }],
    passed_over: [{ reason: 'not-metrics', records: 1 }],
    bounds: [],
    nodes_without_totals: 0,
  })
})

test('a rule for any path opens an alert for each; with one for a path it is another rule', async () => {
  const draft = {
    scope: { kind: 'all' },
    metric: 'disk.used_percent',
    anyTags: ['path'],
    condition: 'greater',
    warning: 80,
    forSeconds: 0,
    enabled: true,
  }
  const create = (body: object) => app.call<Rule>('post /api/rules', { as: 'admin', body })
  const { body: rule } = await create(draft)
  expect((await create({ ...draft, warning: 85 })).status).toBe(409)
  const { anyTags: _, ...plain } = draft
  const { body: exact } = await create({ ...plain, metric: 'disk.used_percent{path=/big}', warning: 95 })
  const second = Math.ceil((Math.max(rule.effectiveFrom, exact.effectiveFrom) - now + 60_000) / 1000)
  const host = 'any'
  await aWriter()('any', [
    disk(0, second, { path: '/', used: 90, host }),
    disk(1, second, { path: '/var', used: 91, host }),
    disk(2, second, { path: '/big', used: 92, host }),
    disk(3, second, { path: '/small', used: 5, host }),
  ])
  const { rows } = await pool.query<{ metric: string; rule_id: string }>(
    `select alert ->> 'metric' as metric, rule_id from alert where node_id = 'any' order by alert ->> 'metric' collate "C"`,
  )
  expect(rows).toEqual(['/var', '/'].map((path) => ({ metric: `disk.used_percent{path=${path}}`, rule_id: rule.id })))
})
