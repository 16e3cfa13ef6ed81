import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { nodeRoutes } from '../../src-backend/nodes/routes.ts'
import { rejectedRoutes } from '../../src-backend/system/rejected.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { type SeedRecord, seedSamples, steadily } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

type Point = { value: number; timestamp: string }
type History = Record<string, Point[]>

const lastMinute = Math.floor(Date.now() / minuteMs) * minuteMs
const begin = lastMinute - 26 * hourMs
const iso = (at: number) => new Date(at).toISOString()

/**
 * A curve with unique values, so that each point identifies its record. It rises before the newest records, whenever the
 * test runs: of the last column, the newest value is the greatest.
 */
const curve = (at: number) => Math.round((((at - begin) / 1000) % 7_919) * 1e4) / 1e4 + 1 / (1 + (at - begin) / 1000)
const spikes = new Map([
  [begin + 3 * hourMs + 17_000, -5_000],
  [begin + 20 * hourMs + 31_000, 9_999],
])
const valuesAt = (at: number) => [spikes.get(at) ?? curve(at), -(spikes.get(at) ?? curve(at))]
const dense: SeedRecord[] = [...steadily({ from: begin, to: lastMinute + 5_000, everyMs: 1_000 }, valuesAt)]

let app: TestApp

beforeAll(async () => {
  app = await testApp(() => [...metricRoutes(), ...nodeRoutes(), ...rejectedRoutes()])
  const { pool } = app
  const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
  const jobs = createJobs({ pool, config: { retention }, log: nullLog, now: Date.now })
  await seedSamples(pool, {
    nodeId: 'dense',
    metrics: ['cpu_usage', 'odd'],
    records: dense,
    units: { odd: 'kg' },
    intervalMs: 1_000,
  })
  await jobs.runNow('partitions')
  await jobs.runNow('rollup')
  const slow = steadily({ from: lastMinute - hourMs, to: lastMinute, everyMs: 10 * minuteMs }, (at) => [at / 1e12])
  await seedSamples(pool, { nodeId: 'slow', metrics: ['memory_usage'], records: slow })
}, 120_000)
afterAll(() => app.end())

const get = <T>(path: string) => app.call<T>(`get ${path}`, { as: 'viewer' })
const history = async (query: string) => (await get<History>(`/api/metrics/history?${query}`)).body

const valuesSince = (from: number) => dense.filter(({ at }) => at >= from).map(({ values: [value = NaN] }) => value)

function hasExtremes(points: readonly Point[], values: readonly number[]): boolean {
  const shown = new Set(points.map(({ value }) => value))
  return shown.has(Math.min(...values)) && shown.has(Math.max(...values))
}

describe('history', () => {
  test.each([
    ['samples', 1, 2_000],
    ['samples, with few points', 0.2, 10],
    ['rollups', 24, 500],
    ['rollups, with fewer points', 25, 100],
  ])('from %s keeps every extreme and invents nothing', async (_, hours, points) => {
    const asked = Date.now()
    const { cpu_usage: cpu = [], odd = [] } = await history(`node_id=dense&hours=${hours}&points=${points}`)
    // The range began at some time between the two.
    const begins = [asked, Date.now()].map((now) => valuesSince(now - hours * hourMs))
    const known = new Map(dense.map(({ at, values: [value = NaN] }) => [iso(at), value]))
    expect(cpu.length).toBeLessThanOrEqual(points)
    expect(cpu.length).toBeGreaterThan(points / 2)
    expect(cpu.filter(({ timestamp, value }) => known.get(timestamp) !== value)).toEqual([])
    expect(cpu).toEqual(cpu.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1)))
    expect(begins.some((values) => hasExtremes(cpu, values))).toBe(true)
    expect(odd.length).toBeGreaterThan(0)
  })

  test('has the newest values, which are not rolled up yet', async () => {
    const { cpu_usage: cpu = [] } = await history('node_id=dense&hours=24&points=500')
    const tail = dense.filter(({ at }) => at >= lastMinute).map(({ values }) => values[0] ?? NaN)
    const shown = cpu.filter(({ timestamp }) => Date.parse(timestamp) >= lastMinute).map(({ value }) => value)
    expect(shown.length).toBeGreaterThan(0)
    expect(tail).toEqual(expect.arrayContaining(shown))
  })

  test('returns few values unchanged', async () => {
    const { memory_usage: all = [] } = await history('node_id=slow&hours=2')
    expect(all).toEqual(
      [6, 5, 4, 3, 2, 1].map((n) => {
        const at = lastMinute - n * 10 * minuteMs
        return { value: at / 1e12, timestamp: iso(at) }
      }),
    )
  })

  test('returns all values on request, as JSON', async () => {
    const response = await get<History>('/api/metrics/history?node_id=dense&hours=26&points=0')
    const from = Date.parse(response.body['cpu_usage']?.[0]?.timestamp ?? '')
    const expected = dense.filter(({ at }) => at >= from)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(expected.length).toBeGreaterThan(80_000)
    expect(response.body).toEqual({
      cpu_usage: expected.map(({ at, values: [value] }) => ({ value, timestamp: iso(at) })),
      odd: expected.map(({ at, values: [, value] }) => ({ value, timestamp: iso(at) })),
    })
  })

  test.each([
    ['node_id=nobody', {}],
    ['node_id=nobody&points=0', {}],
    ['node_id=dense&metric_type=nothing', {}],
    ['node_id=dense&metric_type=nothing&points=0', {}],
  ])('of %s is empty', async (query, expected) => {
    expect(await history(query)).toEqual(expected)
  })

  test('of one metric leaves the others out, and of one point returns one', async () => {
    const found = await history('node_id=dense&metric_type=odd&hours=5&points=1')
    expect(Object.entries(found).map(([metric, points]) => [metric, points.length])).toEqual([['odd', 1]])
  })

  test.each([
    'hours=-1',
    'hours=soon',
    'hours=NaN',
    'hours=Infinity',
    'hours=1e999',
    'points=-1',
    'points=100001',
    'points=1.5',
  ])('refuses %s', async (query) => {
    const response = await get(`/api/metrics/history?node_id=dense&${query}`)
    expect(problemIn(response)).toEqual([400, 'invalid_request'])
  })
})

describe('range', () => {
  const range = (query: string) => get<{ resolution: number; series: object[] }>(`/api/metrics/range?${query}`)

  test('returns columns of rollups, cut exactly at its begin and end', async () => {
    const [from, to] = [begin + 2 * hourMs + 30_500, begin + 22 * hourMs + 30_500]
    const { body } = await range(`node_id=dense&metrics=cpu_usage&from=${iso(from)}&to=${iso(to)}&points=60`)
    const records = dense.filter(({ at }) => at >= from && at < to)
    const width = (to - from) / 60
    const columns = [...Map.groupBy(records, ({ at }) => columnOf(at)).values()]
    // A minute is never cut: all of it counts in the column of its newest value.
    function columnOf(at: number): number {
      const isCut = at < from + 29_500 || at >= to - 30_500
      const newest = Math.floor(at / minuteMs) * minuteMs + 59_000
      return Math.floor(((isCut ? at : newest) - from) / width)
    }
    const numbers = columns.map((column) => column.map(({ values: [value = NaN] }) => value))
    expect(body).toEqual({
      resolution: 60,
      series: [
        {
          metric: 'cpu_usage',
          unit: '%',
          t: columns.map((column) => column.at(-1)?.at),
          min: numbers.map((column) => Math.min(...column)),
          max: numbers.map((column) => Math.max(...column)),
          last: numbers.map((column) => column.at(-1)),
        },
      ],
    })
  })

  test('returns the values themselves if they fit, with the unit of the producer', async () => {
    const from = begin + hourMs
    const query = `node_id=dense&metrics=odd,nothing&from=${iso(from)}&to=${iso(from + 3_000)}&points=10`
    const values = [0, 1, 2].map((n) => -curve(from + n * 1_000))
    const t = [from, from + 1_000, from + 2_000]
    expect((await range(query)).body).toEqual({
      resolution: 0,
      series: [
        { metric: 'odd', unit: 'kg', t, min: values, max: values, last: values },
        { metric: 'nothing', unit: '', t: [], min: [], max: [], last: [] },
      ],
    })
  })

  test.each([
    ['that ends before it begins', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['of more than a year', '2024-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['beyond the calendar', '%2B275760-09-12T00:00:00Z', '%2B275760-09-13T00:00:00Z'],
  ])('refuses one %s', async (_, from, to) => {
    expect(problemIn(await range(`node_id=dense&metrics=a&from=${from}&to=${to}`))).toEqual([400, 'invalid_request'])
  })

  test('accepts times at the limits of the format', async () => {
    const query = 'node_id=dense&metrics=a&from=9999-12-31T00:00:00Z&to=9999-12-31T23:59:59Z'
    expect((await range(query)).status).toBe(200)
    expect((await range('node_id=dense&metrics=a&from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z')).status).toBe(200)
  })
})

describe('latest', () => {
  test('has the newest value of each metric, of all nodes or of one', async () => {
    const all = await get<Record<string, object>>('/api/metrics/latest')
    const one = await get('/api/metrics/latest?node_id=slow')
    const at = lastMinute - 10 * minuteMs
    expect(Object.keys(all.body)).toEqual(['dense', 'slow'])
    expect(one.body).toEqual({ slow: { memory_usage: { value: at / 1e12, timestamp: iso(at) } } })
    expect((await get('/api/metrics/latest?node_id=nobody')).body).toEqual({})
  })
})

describe('nodes', () => {
  test('are listed by id, in pages', async () => {
    const first = await get<Array<{ node_id: string; status: string }>>('/api/nodes?limit=1')
    const link = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = await get<Array<{ node_id: string; status: string }>>(link)
    expect([...first.body, ...second.body].map(({ node_id }) => node_id)).toEqual(['dense', 'slow'])
    expect(second.headers.get('link')).toBeNull()
    expect(second.body[0]?.status).toBe('offline')
  })

  test('are found by id, or not', async () => {
    const last_seen = iso(lastMinute - 10 * minuteMs)
    expect((await get('/api/nodes/slow')).body).toMatchObject({ node_id: 'slow', node_name: 'Node slow', last_seen })
    expect(problemIn(await get('/api/nodes/nobody'))).toEqual([404, 'node_not_found'])
  })

  test('refuse an invalid cursor', async () => {
    expect(problemIn(await get('/api/nodes?cursor=bm9uZQ'))).toEqual([400, 'invalid_request'])
  })

  test('are counted on the first page, with the values of the last hour', async () => {
    const before = Date.now() - hourMs
    const { body } = await get<{ total_nodes: number; metrics_last_hour: number }>('/api/dashboard/stats')
    const since = (from: number) => 2 * dense.filter(({ at }) => at >= from).length
    expect(body).toMatchObject({ total_nodes: 2, unacknowledged_alerts: 0 })
    // Records of `slow` in that hour, and the duration of the request.
    expect(body.metrics_last_hour).toBeGreaterThanOrEqual(since(Date.now() - hourMs) + 5)
    expect(body.metrics_last_hour).toBeLessThanOrEqual(since(before) + 6)
  })
})

test('rejected records are listed newest first, in pages, with their first bytes', async () => {
  await app.pool.query(
    `insert into rejected (topic, partition, "offset", at, code, reason, head, received_at)
     select 'metrics-a', 0, n, timestamptz '2026-11-24 10:00Z' + n * interval '1 s', 'not-json', 'No JSON.', 'caf\\303\\251'::bytea,
       timestamptz '2026-11-24 11:00:00.123456Z'
     from generate_series(1, 3) as n`,
  )
  const first = await get<Array<{ offset: number }>>('/api/rejected?limit=2')
  const link = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  const second = await get<Array<{ offset: number }>>(link)
  expect(first.body.map(({ offset }) => offset)).toEqual([3, 2])
  expect(second.body).toEqual([
    {
      topic: 'metrics-a',
      partition: 0,
      offset: 1,
      at: '2026-11-24T10:00:01.000Z',
      code: 'not-json',
      reason: 'No JSON.',
      head: 'Y2Fmw6k=',
    },
  ])
})
