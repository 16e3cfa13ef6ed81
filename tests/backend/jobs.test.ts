import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Jobs, createJobs } from '../../src-backend/jobs/jobs.ts'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'
import { testDatabase, type TestDatabase } from '../support/test-database.ts'
import { seedSamples, steadily } from '../support/metric-rows.ts'
import { nullLog } from '../support/null-log.ts'

const noon = Date.parse('2026-11-24T12:00:00Z')
const retention = { rawDays: 14, rollupDays: 365, alertDays: 90, auditDays: 365 }

let database: TestDatabase
let clock: number
let jobs: Jobs

const jobsOfReplica = () => createJobs({ pool: database.pool, config: { retention }, log: nullLog, now: () => clock })

beforeEach(async () => {
  database = await testDatabase()
  clock = noon
  jobs = jobsOfReplica()
})
afterEach(() => database.end())

async function partitionsOf(parent: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1`,
    [parent],
  )
  return rows.map(({ name }) => name)
}

const rollupColumns = `node, metric, extract(epoch from minute)::float8 * 1000 as minute, n, round(avg::numeric, 9) as avg,
  min, extract(epoch from min_at)::float8 * 1000 as min_at, max, extract(epoch from max_at)::float8 * 1000 as max_at,
  last, extract(epoch from last_at)::float8 * 1000 as last_at`

async function rollups(): Promise<unknown[]> {
  const { rows } = await database.pool.query(`select ${rollupColumns} from rollup_value order by node, metric, minute`)
  return rows as unknown[]
}

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)
  return rows[0]?.n ?? -1
}

describe('partitions', () => {
  test('are created from yesterday to three days ahead, and for the months of these days', async () => {
    clock = Date.parse('2026-11-28T23:59:59Z')
    await jobs.runNow('partitions')
    await jobs.runNow('partitions')
    expect(await partitionsOf('sample')).toEqual(
      ['27', '28', '29', '30'].map((day) => `sample_202611${day}`).concat('sample_20261201'),
    )
    expect(await partitionsOf('rollup_row')).toEqual(['rollup_row_202611', 'rollup_row_202612'])
  })

  test('can be requested by many at the same time', async () => {
    const days = [noon - 9 * dayMs, noon - 8 * dayMs, noon]
    await Promise.all(Array.from({ length: 8 }, () => ensurePartitions(database.pool, days)))
    expect(await partitionsOf('sample')).toEqual(['sample_20261115', 'sample_20261116', 'sample_20261124'])
  })

  test('contain the rows of their day up to its last millisecond', async () => {
    const midnight = noon + dayMs / 2
    const records = [midnight - 1, midnight].map((at) => ({ at, values: [1] }))
    await seedSamples(database.pool, { nodeId: 'a', metrics: ['m'], records })
    expect([await count('sample_20261124'), await count('sample_20261125')]).toEqual([1, 1])
  })
})

describe('rollup', () => {
  test('sums up a minute with the times of its extremes', async () => {
    const values = [3, 9, 1, 9, 1, 4]
    const records = values.map((value, i) => ({ at: noon - 2 * minuteMs + i * 10_000, values: [value, -value] }))
    const node = await seedSamples(database.pool, { nodeId: 'a', metrics: ['up', 'down'], records })
    await jobs.runNow('rollup')
    const at = (i: number) => noon - 2 * minuteMs + i * 10_000
    const one = { node, minute: at(0), n: 6, last_at: at(5) }
    expect(await rollups()).toEqual([
      { ...one, metric: 'down', avg: '-4.500000000', min: -9, min_at: at(1), max: -1, max_at: at(2), last: -4 },
      { ...one, metric: 'up', avg: '4.500000000', min: 1, min_at: at(2), max: 9, max_at: at(1), last: 4 },
    ])
    expect(await count('rollup_due')).toBe(0)
  })

  test('leaves the current minute', async () => {
    clock = noon + 30_000
    const range = { from: noon - minuteMs, to: noon + 30_000, everyMs: 5_000 }
    await seedSamples(database.pool, { nodeId: 'a', metrics: ['m'], records: steadily(range, () => [1]) })
    await jobs.runNow('rollup')
    expect([await count('rollup_row'), await count('rollup_due')]).toEqual([1, 1])
    clock = noon + minuteMs
    await jobs.runNow('rollup')
    expect([await count('rollup_row'), await count('rollup_due')]).toEqual([2, 0])
  })

  test('equals the result from samples, however late and in whatever order they come', async () => {
    const record = fc.record({
      node: fc.constantFrom('a', 'b'),
      second: fc.integer({ min: 1, max: 3 * 3_600 }),
      value: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    })
    const batch = fc.uniqueArray(record, { minLength: 1, maxLength: 30, selector: (r) => `${r.node}${r.second}` })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
        await database.pool.query('truncate sample, rollup_row, rollup_due')
        const seen = new Set<string>()
        for (const records of batches) {
          const fresh = records.filter((r) => !seen.has(`${r.node}${r.second}`))
          for (const r of fresh) seen.add(`${r.node}${r.second}`)
          for (const [nodeId, own] of Map.groupBy(fresh, (r) => r.node)) {
            const rows = own.map(({ second, value }) => ({ at: noon - second * 1_000, values: [value] }))
            await seedSamples(database.pool, { nodeId, metrics: ['m'], records: rows })
          }
          await jobs.runNow('rollup')
        }
        expect(await rollups()).toEqual(await rollupsBySamples())
        expect(await count('rollup_due')).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  test('does not change minutes whose samples are gone', async () => {
    const records = [{ at: noon - 20 * dayMs, values: [5] }]
    await seedSamples(database.pool, { nodeId: 'a', metrics: ['m'], records })
    await jobs.runNow('rollup')
    await jobs.runNow('retention')
    const before = await rollups()
    await seedSamples(database.pool, {
      nodeId: 'a',
      metrics: ['m'],
      records: [{ at: noon - 20 * dayMs + 1, values: [7] }],
    })
    await jobs.runNow('rollup')
    expect(before).toHaveLength(1)
    expect(await rollups()).toEqual(before)
  })
})

/** The same in another way: a window over the values, instead of their extremes as pairs. */
async function rollupsBySamples(): Promise<unknown[]> {
  const { rows } = await database.pool.query(
    `with each_value as (
       select node, 'm' as metric, date_trunc('minute', at) as minute, at, values[1] as value from sample),
     ordered as (
       select *, first_value(at) over lowest as min_at, first_value(at) over highest as max_at,
         first_value(value) over newest as last
       from each_value
       window lowest as (partition by node, minute order by value, at),
         highest as (partition by node, minute order by value desc, at),
         newest as (partition by node, minute order by at desc))
     select ${rollupColumns} from (
       select node, metric, minute, count(*)::int as n, avg(value), min(value), min_at, max(value), max_at, last,
         max(at) as last_at
       from ordered group by node, metric, minute, min_at, max_at, last) as summed
     order by node, metric, minute`,
  )
  return rows as unknown[]
}

describe('retention', () => {
  const old = (days: number) => ({ at: noon - days * dayMs, values: [1] })

  test('drops days of samples that are past it, and keeps their rollups', async () => {
    const records = [old(16), old(15), old(14), old(1)]
    await seedSamples(database.pool, { nodeId: 'a', metrics: ['m'], records })
    await jobs.runNow('rollup')
    await jobs.runNow('retention')
    expect(await partitionsOf('sample')).toEqual(['sample_20261110', 'sample_20261123'])
    expect([await count('sample'), await count('rollup_row')]).toEqual([2, 4])
    const { rows } = await database.pool.query<{ at: Date }>('select at from samples_since')
    expect(rows.map(({ at }) => at.toISOString())).toEqual(['2026-11-10T00:00:00.000Z'])
  })

  test('keeps a day that is not rolled up yet, until it is', async () => {
    await seedSamples(database.pool, { nodeId: 'a', metrics: ['m'], records: [old(15)] })
    await jobs.runNow('retention')
    expect(await count('sample')).toBe(1)
    await jobs.runNow('rollup')
    await jobs.runNow('retention')
    expect([await count('sample'), await count('rollup_row')]).toEqual([0, 1])
  })

  test('drops months of rollups', async () => {
    await ensurePartitions(database.pool, [Date.parse('2025-10-31T00:00:00Z'), Date.parse('2025-11-01T00:00:00Z')])
    await jobs.runNow('retention')
    expect(await partitionsOf('rollup_row')).toEqual(['rollup_row_202511'])
  })

  test('deletes alerts that ended long ago and publishes a tombstone', async () => {
    await seedAlert('11111111-1111-4111-8111-111111111111', 'resolved', 91)
    await seedAlert('22222222-2222-4222-8222-222222222222', 'firing', 91)
    await seedAlert('33333333-3333-4333-8333-333333333333', 'resolved', 89)
    await jobs.runNow('retention')
    const { rows } = await database.pool.query<{ id: string }>('select id from alert order by id')
    expect(rows.map(({ id }) => id[0])).toEqual(['2', '3'])
    const queued = await database.pool.query('select topic, key, payload from outbox')
    expect(queued.rows).toEqual([{ topic: 'remo-alerts', key: '11111111-1111-4111-8111-111111111111', payload: null }])
  })

  test('goes on with the next table when one fails, and reports the failure', async () => {
    await seedOldRows()
    await ensurePartitions(database.pool, [Date.parse('2025-10-31T00:00:00Z')])
    await database.pool.query('create view on_rollups as select * from rollup_row_202510')
    await expect(jobs.runNow('retention')).rejects.toThrow('rollup_row_202510')
    const tables = ['idempotency', 'refresh_token', 'session_family', 'rejected']
    expect(await Promise.all(tables.map(count))).toEqual([1, 1, 1, 1])
  })

  test('deletes rows that are no longer usable', async () => {
    await seedOldRows()
    await jobs.runNow('retention')
    const tables = ['idempotency', 'refresh_token', 'session_family', 'rejected', 'audit', 'stream_gap']
    expect(await Promise.all(tables.map(count))).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('deletes what was published about forgotten nodes, with a tombstone', async () => {
    await database.pool.query(
      `insert into forgotten_node (node_id, record, at) values ('old', '{}', $1), ('new', '{}', $2)`,
      [new Date(noon - 91 * dayMs), new Date(noon - 89 * dayMs)],
    )
    await jobs.runNow('retention')
    expect((await database.pool.query('select node_id from forgotten_node')).rows).toEqual([{ node_id: 'new' }])
    const queued = await database.pool.query('select topic, key, payload from outbox')
    expect(queued.rows).toEqual([{ topic: 'remo-alerts', key: 'node:old', payload: null }])
  })

  async function seedAlert(id: string, phase: string, days: number): Promise<void> {
    await database.pool.query(
      `insert into alert (id, version, alert, node_id, rule_id, severity, phase, acknowledged, opened_at, changed_at)
       values ($1, 1, '{}', 'a', $1, 'warning', $2, false, $3, $3)`,
      [id, phase, new Date(noon - days * dayMs)],
    )
  }

  /** Of each kind, one expired and one current row. */
  async function seedOldRows(): Promise<void> {
    const [over, fresh] = [new Date(noon - 40 * dayMs), new Date(noon - 60_000)]
    const later = new Date(noon + dayMs)
    const families = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
    await database.pool.query(
      `insert into account (username, username_key, email, email_key, password_hash, role)
       values ('ada', 'ada', 'ada@remo.local', 'ada@remo.local', '', 'viewer')`,
    )
    await database.pool.query(
      `insert into session_family (id, account_id, created_at) select family, account.id, $2 from account, unnest($1::uuid[]) as family`,
      [families, over],
    )
    await database.pool.query(
      `insert into refresh_token (hash, family_id, expires_at) values ('\\x01', $1, $3), ('\\x02', $2, $4)`,
      [families[0], families[1], over, later],
    )
    await database.pool.query(
      `insert into idempotency (account_id, key, request, status, headers, body, created_at)
       select account.id, at::text, '', 200, '{}', '{}', at from account, unnest($1::timestamptz[]) as at`,
      [[over, fresh]],
    )
    await database.pool.query(
      `insert into rejected (topic, partition, "offset", at, code, reason, head, received_at)
       select 'metrics-a', 0, 1, at, 'empty', 'Empty.', '', at from unnest($1::timestamptz[]) as at`,
      [[over, fresh]],
    )
    const years = [new Date(noon - 366 * dayMs), new Date(noon - 364 * dayMs)]
    await database.pool.query(
      `insert into audit (at, actor, action, subject, request_id)
       select at, 'ada', 'rule.changed', 'cpu', '' from unnest($1::timestamptz[]) as at`,
      [years],
    )
    await database.pool.query(
      `insert into stream_gap (topic, partition, first, until, reason, at)
       select 'metrics-a', 0, 1, 2, 'gone', at from unnest($1::timestamptz[]) as at`,
      [years],
    )
  }
})

describe('the runner', () => {
  test('lets one replica have a job at a time', async () => {
    const holder = await database.pool.connect()
    await holder.query(`select pg_advisory_lock(hashtext('remo job'), hashtext('partitions'))`)
    const running = jobs.runNow('partitions').then(() => 'through')
    const first = await Promise.race([running, new Promise((resolve) => setTimeout(() => resolve('waits'), 300))])
    await holder.query('select pg_advisory_unlock_all()')
    holder.release()
    expect([first, await running]).toEqual(['waits', 'through'])
  })

  test('runs each job once for all replicas that start together', async () => {
    await database.pool.query(`create table run (name text)`)
    await database.pool.query(
      `create function note_run() returns trigger language plpgsql as
       $$ begin if new.finished_at is null then insert into run values (new.name); end if; return new; end $$`,
    )
    await database.pool.query(
      `create trigger note before insert or update on job for each row execute function note_run()`,
    )
    const replicas = [jobs, jobsOfReplica(), jobsOfReplica()]
    for (const replica of replicas) replica.start()
    await expect.poll(async () => finishedJobs()).toEqual(['acknowledgements', 'partitions', 'retention', 'rollup'])
    await Promise.all(replicas.map((replica) => replica.stop()))
    const { rows } = await database.pool.query<{ name: string }>('select name from run order by name')
    expect(rows.map(({ name }) => name)).toEqual(['acknowledgements', 'partitions', 'retention', 'rollup'])
  })

  test('stores why a job failed, and clears it after a success', async () => {
    await jobs.runNow('partitions')
    await database.pool.query('alter table samples_since rename to samples_until')
    await expect(jobs.runNow('partitions')).rejects.toThrow('samples_since')
    expect(await problem()).toBe('relation "samples_since" does not exist')
    await database.pool.query('alter table samples_until rename to samples_since')
    await jobs.runNow('partitions')
    expect(await problem()).toBeNull()
  })

  async function finishedJobs(): Promise<string[]> {
    const { rows } = await database.pool.query<{ name: string }>(
      'select name from job where finished_at is not null order by name',
    )
    return rows.map(({ name }) => name)
  }

  async function problem(): Promise<unknown> {
    const { rows } = await database.pool.query<{ problem: string | null }>(
      `select problem from job where name = 'partitions'`,
    )
    return rows[0]?.problem
  }
})
