import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { exportRoutes } from '../../src-backend/export/routes.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { seedSamples, steadily } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

const lastMinute = Math.floor(Date.now() / minuteMs) * minuteMs
const iso = (at: number) => new Date(at).toISOString()
const header = 'Timestamp,Node ID,Metric Type,Value,Unit'

let app: TestApp

beforeAll(async () => {
  app = await testApp(() => exportRoutes())
  const { pool } = app
  const metrics = ['cpu_usage', 'network_traffic', 'odd']
  const range = { from: lastMinute - 3 * hourMs, to: lastMinute + 1_000, everyMs: 10_000 }
  const records = (shift: number) => steadily(range, (at) => [((at / 1e4) % 100) + shift, -0.5, 1e21])
  await seedSamples(pool, { nodeId: 'a', metrics, records: records(0), units: { cpu_usage: 'furlong', odd: 'kg' } })
  await seedSamples(pool, { nodeId: 'b', metrics, records: records(1) })
  const jobs = createJobs({
    pool,
    config: { retention: { rawDays: 14, rollupDays: 365, alertDays: 90 } },
    log: nullLog,
    now: Date.now,
  })
  await jobs.runNow('partitions')
  await jobs.runNow('rollup')
  const strange = [{ at: lastMinute - 2 * minuteMs, values: [7, 8] }]
  const nodeId = '=cmd|"/c calc"!\n"A1"'
  await seedSamples(pool, { nodeId, metrics: ['@sum', 'plain'], records: strange, units: { plain: 'a,b' } })
}, 60_000)
afterAll(() => app.end())

const csv = (query: string) => app.call<string>(`get /api/export/csv?${query}`, { as: 'viewer' })

describe('csv', () => {
  test('has a line for each value, oldest first, and each line ends in CRLF', async () => {
    const { body, headers } = await csv('node_id=a&hours=1')
    const lines = body.split('\r\n')
    const first = Date.parse(lines[1]?.split(',')[0] ?? '')
    const expected = []
    for (let at = first; at < lastMinute + 1_000; at += 10_000) {
      expected.push(
        `${iso(at)},a,cpu_usage,${(at / 1e4) % 100},%`,
        `${iso(at)},a,network_traffic,-0.5,Mbps`,
        `${iso(at)},a,odd,1e+21,kg`,
      )
    }
    expect(lines).toEqual([header, ...expected, ''])
    expect(expected.length).toBeGreaterThan(3 * 340)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="remo-metrics-\d{8}-\d{6}\.csv"$/)
  })

  test('of all nodes is in order of time over all its slices', async () => {
    const { body } = await csv('metric_type=cpu_usage')
    const rows: string[][] = parse(body, { from: 2 })
    const places = rows.map(([time = '', node = '']) => `${time} ${node}`)
    expect(rows).toHaveLength(2 * (3 * 360 + 1))
    expect(places).toEqual(places.toSorted())
  })

  test('quotes values if necessary, and guards values that a spreadsheet would run', async () => {
    const { body } = await csv(`node_id=${encodeURIComponent('=cmd|"/c calc"!\n"A1"')}`)
    const at = iso(lastMinute - 2 * minuteMs)
    const node = `"'=cmd|""/c calc""!\n""A1"""`
    expect(body).toBe(`${header}\r\n${at},${node},'@sum,7,\r\n${at},${node},plain,8,"a,b"\r\n`)
    const rows: string[][] = parse(body)
    expect(rows[2]).toEqual([at, `'=cmd|"/c calc"!\n"A1"`, 'plain', '8', 'a,b'])
  })

  test.each(['node_id=nobody', 'metric_type=nothing', 'node_id=a&hours=0'])('of %s has no lines', async (query) => {
    const { body } = await csv(query)
    expect(body).toBe(`${header}\r\n`)
  })

  test('takes any number of hours as all that is stored', async () => {
    const all = await csv('hours=8784')
    expect([all.body.length > header.length + 2, await csv('hours=1e300')]).toMatchObject([true, { body: all.body }])
  })
})

describe('a client that disconnects', () => {
  const abandoned = async (nodes: number) => {
    const range = { from: lastMinute - 20 * hourMs, to: lastMinute, everyMs: 1_000 }
    for (let i = 0; i < nodes; i++) {
      const records = steadily(range, (at) => [at, at, at])
      await seedSamples(app.pool, { nodeId: `large-${i}`, metrics: ['x', 'y', 'z'], records })
    }
  }
  const begin = async () => {
    const gone = new AbortController()
    const response = await fetch(`${app.url}/api/export/csv`, {
      headers: { Authorization: 'Bearer viewer' },
      signal: gone.signal,
    })
    return { response, gone }
  }
  const copies = async () => {
    const { rows } = await app.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and state <> 'idle' and query like 'copy%'`,
    )
    return rows[0]?.n
  }

  test('ends its query, and makes room for the next one', async () => {
    await abandoned(2)
    const running = await Promise.all([begin(), begin(), begin()])
    onTestFinished(() => running.forEach(({ gone }) => gone.abort()))
    expect(running.map(({ response }) => response.status)).toEqual([200, 200, 200])
    await expect.poll(copies).toBe(3)
    const refused = await csv('hours=1')
    expect(problemIn(refused)).toEqual([429, 'too_many_requests'])
    expect(refused.headers.get('retry-after')).toBe('10')
    for (const { gone } of running) gone.abort()
    await expect.poll(copies).toBe(0)
    await expect.poll(async () => (await csv('node_id=nobody')).status).toBe(200)
  })

  test('costs little memory while it reads', async () => {
    const { response } = await begin()
    let lines = 0
    let most = 0
    const before = process.memoryUsage.rss()
    for await (const chunk of Readable.fromWeb(response.body as never)) {
      for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1
      most = Math.max(most, process.memoryUsage.rss())
    }
    expect(lines).toBeGreaterThan(400_000)
    expect((most - before) / 1e6).toBeLessThan(150)
  })
})

describe('summary', () => {
  test('combines rollups and minutes that are not rolled up, as if computed from the values', async () => {
    const { body } = await app.call<{ summary: object[] }>('get /api/export/summary?node_id=b&hours=2', {
      as: 'viewer',
    })
    const values: number[] = []
    const from = Date.now() - 2 * hourMs
    for (let at = lastMinute - 3 * hourMs; at < lastMinute + 1_000; at += 10_000) {
      if (at >= from) values.push(((at / 1e4) % 100) + 1)
    }
    const about = (number: number): unknown => expect.closeTo(number, 6)
    const one = { node_id: 'b', count: expect.toSatisfy((n: number) => n - values.length <= 1) as unknown }
    expect(body).toEqual({
      time_range_hours: 2,
      summary: [
        {
          ...one,
          metric_type: 'cpu_usage',
          average: expect.closeTo(values.reduce((a, b) => a + b) / values.length, 0) as unknown,
          minimum: Math.min(...values),
          maximum: Math.max(...values),
        },
        { ...one, metric_type: 'network_traffic', average: about(-0.5), minimum: -0.5, maximum: -0.5 },
        { ...one, metric_type: 'odd', average: expect.closeTo(1e21, -18) as unknown, minimum: 1e21, maximum: 1e21 },
      ],
    })
  })

  test('of the largest values is a number, from rollups and from samples', async () => {
    const { pool } = app
    const [huge, at] = [Number.MAX_VALUE, lastMinute - 2 * minuteMs]
    const records = [huge, huge, -huge, huge].map((value, n) => ({ at: at + n, values: [value, -value, n] }))
    await seedSamples(pool, { nodeId: 'huge', metrics: ['up', 'down', 'n'], records })
    const figures = async () => {
      const query = 'get /api/export/summary?node_id=huge'
      return (await app.call<{ summary: object[] }>(query, { as: 'viewer' })).body.summary
    }
    const one = { node_id: 'huge', count: 4 }
    const expected = [
      { ...one, metric_type: 'down', average: -huge / 2, minimum: -huge, maximum: huge },
      { ...one, metric_type: 'n', average: 1.5, minimum: 0, maximum: 3 },
      { ...one, metric_type: 'up', average: huge / 2, minimum: -huge, maximum: huge },
    ]
    expect(await figures()).toEqual(expected)
    await createJobs({
      pool,
      config: { retention: { rawDays: 14, rollupDays: 365, alertDays: 90 } },
      log: nullLog,
      now: Date.now,
    }).runNow('rollup')
    expect(await figures()).toEqual(expected)
  })

  test('of an unknown node is empty', async () => {
    const { body } = await app.call('get /api/export/summary?node_id=nobody', { as: 'viewer' })
    expect(body).toEqual({ summary: [], time_range_hours: 24 })
  })
})
