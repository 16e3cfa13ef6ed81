/** Rollups of versions before 0.2.0, in the table `rollup`, beside those of today. */
import { hourMs, minuteMs } from '#shared/format/time-units.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportRoutes } from '../../src-backend/export/routes.ts'
import { createJobs } from '../../src-backend/jobs/jobs.ts'
import { metricRoutes } from '../../src-backend/metrics/routes.ts'
import { testApp, type TestApp } from '../support/backend-app.ts'
import { seedSamples } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

const lastMinute = Math.floor(Date.now() / minuteMs) * minuteMs
const begin = lastMinute - 2 * hourMs
const minutes = 100
const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }
/** Minute `i` has the values i and i + 0.5. */
const minuteAt = (i: number) => begin + i * minuteMs
const times = { from: new Date(begin).toISOString(), to: new Date(lastMinute).toISOString() }

let app: TestApp
beforeAll(async () => {
  app = await testApp(() => [...metricRoutes(), ...exportRoutes()])
  const records = Array.from({ length: minutes }, (_, i) => [
    { at: minuteAt(i) + 10_000, values: [i, -i] },
    { at: minuteAt(i) + 50_000, values: [i + 0.5, -i] },
  ]).flat()
  await seedSamples(app.pool, { nodeId: 'a', metrics: ['cpu_usage', 'odd'], records })
  await rollUp()
  await becomeOld(minuteAt(50))
})
afterAll(() => app.end())

const rollUp = () => createJobs({ pool: app.pool, config: { retention }, log: nullLog, now: Date.now }).runNow('rollup')

/** Moves the rollups before `until` into the table that earlier versions filled. */
async function becomeOld(until: number): Promise<void> {
  const columns = 'node, metric, minute, n, avg, min, min_at, max, max_at, last, last_at'
  const before = 'minute < to_timestamp($1::float8 / 1000)'
  await app.pool.query('create table rollup_old partition of rollup default')
  await app.pool.query(`insert into rollup (${columns}) select ${columns} from rollup_value where ${before}`, [until])
  await app.pool.query(`delete from rollup_row where ${before}`, [until])
}

const range = async () => {
  const query = `node_id=a&metrics=cpu_usage,odd&from=${times.from}&to=${times.to}&points=120`
  type Series = { metric: string; t: number[]; min: number[]; max: number[]; last: number[] }
  const { body } = await app.call<{ resolution: number; series: Series[] }>(`get /api/metrics/range?${query}`, {
    as: 'viewer',
  })
  return body
}
const summary = async () => {
  const { body } = await app.call<{ summary: unknown }>('get /api/export/summary?node_id=a&hours=3', { as: 'viewer' })
  return body.summary
}

test('a range and a summary have both', async () => {
  const all = Array.from({ length: minutes }, (_, i) => i)
  expect(await range()).toMatchObject({
    resolution: 60,
    series: [
      {
        metric: 'cpu_usage',
        t: all.map((i) => minuteAt(i) + 50_000),
        min: all,
        max: all.map((i) => i + 0.5),
        last: all.map((i) => i + 0.5),
      },
      { metric: 'odd', min: all.map((i) => 0 - i), max: all.map((i) => 0 - i) },
    ],
  })
  expect(await summary()).toEqual([
    { node_id: 'a', metric_type: 'cpu_usage', average: 49.75, minimum: 0, maximum: 99.5, count: 200 },
    { node_id: 'a', metric_type: 'odd', average: -49.5, minimum: -99, maximum: 0, count: 200 },
  ])
})

test('a late sample in an old minute, with another list of metrics, makes one new rollup of each metric', async () => {
  await seedSamples(app.pool, { nodeId: 'a', metrics: ['cpu_usage'], records: [{ at: minuteAt(7), values: [700] }] })
  await rollUp()
  const [cpu] = (await range()).series
  expect(cpu?.t).toHaveLength(minutes)
  expect([cpu?.min[7], cpu?.max[7], cpu?.last[7]]).toEqual([7, 700, 7.5])
  expect(await summary()).toMatchObject([
    { metric_type: 'cpu_usage', maximum: 700, count: 201 },
    { metric_type: 'odd', count: 200 },
  ])
})

test('the retention drops months of both', async () => {
  await app.pool.query('create table rollup_202401 (like rollup including all)')
  await app.pool.query(
    `alter table rollup attach partition rollup_202401 for values from ('2024-01-01Z') to ('2024-02-01Z')`,
  )
  await createJobs({ pool: app.pool, config: { retention }, log: nullLog, now: Date.now }).runNow('retention')
  const { rows } = await app.pool.query(
    `select relname from pg_class join pg_inherits on inhrelid = pg_class.oid where inhparent = 'rollup'::regclass`,
  )
  expect(rows).toEqual([{ relname: 'rollup_old' }])
})
