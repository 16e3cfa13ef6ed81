/** No value of one node stops the rollups of others. */
import { minuteMs } from '#shared/format/time-units.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Jobs, createJobs } from '../../src-backend/jobs/jobs.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { seedSamples } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

const noon = Date.parse('2026-11-24T12:00:00Z')
const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }

let database: TestDatabase
let jobs: Jobs
beforeEach(async () => {
  database = await testDatabase()
  jobs = createJobs({ pool: database.pool, config: { retention }, log: nullLog, now: () => noon })
})
afterEach(() => database.end())

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n ?? -1
}

test('a rollup of the largest and smallest values is computed, and a mean lies between its extremes', async () => {
  const [huge, tiny] = [Number.MAX_VALUE, Number.MIN_VALUE]
  const columns = [
    [huge, huge, huge],
    [huge, -huge],
    [1e200, -1e200, 3e200],
    [tiny, 0],
    [huge / 2, -7],
    [42, 44],
  ]
  for (const [i, values] of columns.entries()) {
    const records = values.map((value, n) => ({ at: noon - 2 * minuteMs + n, values: [value] }))
    await seedSamples(database.pool, { nodeId: `node-${i}`, metrics: ['m'], records })
  }
  await jobs.runNow('rollup')
  const { rows } = await database.pool.query<{ avg: number }>('select avg from rollup_value order by node')
  const means = rows.map(({ avg }) => avg)
  expect(means).toEqual([huge, 0, expect.closeTo(1e200, -190), 0, huge / 4, 43])
  expect(await count('rollup_due')).toBe(0)
})

test('the rollup of a minute that PostgreSQL refuses is left out and counted, and the others are computed', async () => {
  await database.pool.query(
    `create function refuse() returns trigger language plpgsql as
     $$ begin if new.layout = (select id from layout where metrics = '{bad}') then perform exp(1000::float8); end if; return new; end $$`,
  )
  await ensurePartitions(database.pool, [noon])
  await database.pool.query(
    'create trigger refuse before insert on rollup_row_202611 for each row execute function refuse()',
  )
  const records = [{ at: noon - 2 * minuteMs, values: [1] }]
  for (let n = 0; n < 20; n++) {
    await seedSamples(database.pool, { nodeId: `node-${n}`, metrics: [n === 13 ? 'bad' : 'm'], records })
  }
  await jobs.runNow('rollup')
  expect([await count('rollup_row'), await count('rollup_due')]).toEqual([19, 0])
  const counted = await Promise.all(jobs.metrics.map((metric) => metric.get()))
  expect(counted).toMatchObject([{ name: 'remo_rollup_left_out_total', values: [{ value: 1 }] }])
})
