import { minuteMs } from '#shared/format/time-units.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { problemIn, testApp, type TestApp } from '../support/backend-app.ts'
import { seedSamples, steadily } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

type History = Record<string, Array<{ value: number; timestamp: string }>>

const lastMinute = Math.floor(Date.now() / minuteMs) * minuteMs
const curve = (at: number) => (at / 1000) % 7_919

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => metricRoutes())
})
afterAll(() => app.end())

const ask = (query: string) => app.call<History>(`get /api/metrics/history?${query}`, { as: 'viewer' })

test('a node with many metrics gets no more values in total than a response may have', async () => {
  const metrics = Array.from({ length: 60 }, (_, n) => `m${n}`)
  const minutes = { from: lastMinute - 40 * minuteMs, to: lastMinute, everyMs: 1_000 }
  const records = steadily(minutes, (at) => metrics.map((_, n) => curve(at) + n))
  await seedSamples(app.pool, { nodeId: 'wide', metrics, records })
  const lengths = Object.values((await ask('node_id=wide&points=100000')).body).map((points) => points.length)
  expect([lengths.length, new Set(lengths).size]).toEqual([60, 1])
  expect(lengths[0]).toBeLessThanOrEqual(100_000 / 60)
  expect(lengths[0]).toBeGreaterThan(1_000)
  expect((await ask('node_id=wide&points=100000&metric_type=m7')).body['m7']).toHaveLength(2_400)
})

test('a node with more metrics than a response has room for is answered one metric at a time', async () => {
  await app.pool.query(
    `insert into node (node_id, node_name, last_seen, latest)
     select 'endless', 'Endless', now(), jsonb_object_agg('m' || n, '{"value":1,"at":1}'::jsonb)
     from generate_series(1, 50001) as n`,
  )
  const response = await ask('node_id=endless')
  expect([problemIn(response), response.body]).toEqual([
    [400, 'invalid_request'],
    expect.objectContaining({
      issues: [{ path: 'query.metric_type', message: 'required for a node with this many metrics' }],
    }),
  ])
  expect((await ask('node_id=endless&metric_type=m1')).status).toBe(200)
})

test('rollups of two values do not displace the newest value', async () => {
  const samplesSince = lastMinute - 30 * minuteMs
  const old = steadily({ from: lastMinute - 180 * minuteMs, to: samplesSince, everyMs: 30_000 }, (at) => [curve(at)])
  const late = steadily({ from: samplesSince, to: lastMinute, everyMs: 8_000 }, (at) => [curve(at)])
  const records = [...old, ...late]
  await seedSamples(app.pool, { nodeId: 'old', metrics: ['temp'], records })
  const config = { retention: { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 } }
  await createJobs({ pool: app.pool, config, log: nullLog, now: Date.now }).runNow('rollup')
  await app.pool.query('insert into samples_since (at) values (to_timestamp($1::float8 / 1000))', [samplesSince])
  const { temp = [] } = (await ask('node_id=old&hours=3.1&points=400')).body
  expect(temp.length).toBeLessThanOrEqual(400)
  expect(temp.at(-1)?.timestamp).toBe(new Date(records.at(-1)?.at ?? NaN).toISOString())
})

const times = { from: new Date(lastMinute - 60 * minuteMs).toISOString(), to: new Date(lastMinute).toISOString() }
const aRange = `/api/metrics/range?node_id=old&metrics=temp&from=${times.from}&to=${times.to}`

test('range requests leave connections for quick requests', async () => {
  const locker = await app.pool.connect()
  try {
    await locker.query('begin; lock table layout in access exclusive mode')
    const ranges = Array.from({ length: app.pool.options.max * 2 }, () => app.call(`get ${aRange}`, { as: 'viewer' }))
    const taken = () => app.pool.totalCount - app.pool.idleCount
    await expect.poll(taken).toBe(1 + 4)
    expect((await app.call('get /api/metrics/latest?node_id=old', { as: 'viewer' })).status).toBe(200)
    expect(app.pool.waitingCount).toBe(0)
    await locker.query('rollback')
    expect(new Set((await Promise.all(ranges)).map(({ status }) => status))).toEqual(new Set([200]))
  } finally {
    locker.release()
  }
})

test('a client that gives up while waiting for a range makes room for others', async () => {
  const locker = await app.pool.connect()
  try {
    await locker.query('begin; lock table layout in access exclusive mode')
    const ask = async (signal: AbortSignal) =>
      (await fetch(app.url + aRange, { headers: { Authorization: 'Bearer viewer' }, signal })).status
    const impatient = new AbortController()
    const given = Array.from({ length: 4 + 64 + 1 }, () => ask(impatient.signal))
    expect(await Promise.race(given)).toBe(429) // the queue is full
    impatient.abort()
    await Promise.allSettled(given)
    const patient = new AbortController().signal
    const outcome = () => Promise.race([ask(patient), delay(200, 'waits')])
    await expect.poll(outcome, { timeout: 4_000 }).toBe('waits')
  } finally {
    await locker.query('rollback')
    locker.release()
  }
})
