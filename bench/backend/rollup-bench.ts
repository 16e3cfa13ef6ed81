/**
 * `node bench/backend/rollup-bench.ts [--series=50000] [--minutes=5]`: only this measurement, on a
 * PostgreSQL of its own.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { minuteMs } from '#shared/format/time-units.ts'
import { withTx } from '../../src-backend/db/tx.ts'
import type { Db } from '../../src-backend/db/db.ts'
import { copySamples, insertRollupDue } from '../../src-backend/ingest/samples-repo.ts'
import type { SampleRows } from '../../src-backend/ingest/write/copy-samples.ts'
import { rollUpBatch } from '../../src-backend/jobs/rollup.ts'
import { type BenchResult, singleMeasurement } from '../measure.ts'
import { tableOf } from '../report.ts'
import { type Database, Databases } from './bench-databases.ts'

export interface RollupBench {
  readonly series: number
  readonly minutes: number
  readonly databases: Databases
}

/** Each part sends once in 10 s. */
const recordsPerMinute = 6
/** Series of a node, far below the limit for one. */
const seriesPerNode = 500
/** USER_HZ of Linux. */
const ticksPerSecond = 100

/**
 * Minutes of many series, rolled up as the job does it: CPU time of PostgreSQL and of this process. The limit: what
 * COPY of these samples took. Also bytes of a minute of one series. Linux only.
 */
export async function rollupBench(bench: RollupBench): Promise<BenchResult[]> {
  if (process.platform !== 'linux') return []
  return [...(await measure(bench, 8)), ...(await measure(bench, 1))]
}

async function measure({ series, minutes, databases }: RollupBench, fields: number): Promise<BenchResult[]> {
  const database = await databases.make()
  try {
    const { samples, rollups } = await withTx(database.pool, async (db) => {
      const samples = await cpuSeconds(db, () => addSamples(db, { series, minutes, fields }))
      return { samples, rollups: await cpuSeconds(db, () => rollUpAll(db)) }
    })
    const name = `${minutes} minutes of ${series} series, parts of ${fields}`
    return [
      singleMeasurement({
        name: `rollup of ${name}`,
        unit: 'CPU s',
        ours: rollups,
        limitName: 'COPY of the samples',
        limit: samples,
        target: { atMost: 1 },
      }),
      singleMeasurement({
        name: `a rolled up minute of a series, parts of ${fields}`,
        unit: 'bytes',
        ours: (await bytesOf(database, 'rollup%')) / (series * minutes),
        limitName: 'its samples',
        limit: (await bytesOf(database, 'sample%')) / (series * minutes),
        target: { atMost: 1 },
      }),
    ]
  } finally {
    await database.drop()
  }
}

interface Load {
  readonly series: number
  readonly minutes: number
  readonly fields: number
}

async function addSamples(db: Db, { series, minutes, fields }: Load): Promise<void> {
  const parts = Math.floor(seriesPerNode / fields)
  const nodes = Math.round(series / (parts * fields))
  await db.query(
    `insert into layout (metrics)
     select array(select format('measurement.field_%s{path=/mnt/volume-%s}', field, part) from generate_series(1, $2) as field)
     from generate_series(1, $1) as part`,
    [parts, fields],
  )
  const since = Math.floor(Date.now() / minuteMs) * minuteMs - minutes * minuteMs
  for (let round = 0; round < minutes * recordsPerMinute; round++) {
    await copySamples(db, [scrape({ nodes, parts, fields, at: since + (round * minuteMs) / recordsPerMinute })])
  }
  const everyNode = Array.from({ length: nodes }, (_, i) => i + 1)
  await insertRollupDue(db, [{ nodes: everyNode, since, until: since + minutes * minuteMs }])
  await db.query('analyze sample')
}

function scrape(of: { nodes: number; parts: number; fields: number; at: number }): SampleRows {
  const { nodes, parts, fields, at } = of
  const count = nodes * parts
  return {
    count,
    node: Int32Array.from({ length: count }, (_, i) => Math.floor(i / parts) + 1),
    layout: Int32Array.from({ length: count }, (_, i) => (i % parts) + 1),
    at: new Float64Array(count).fill(at),
    first: Uint32Array.from({ length: count }, (_, i) => i * fields),
    width: new Uint32Array(count).fill(fields),
    values: Float64Array.from({ length: count * fields }, (_, i) => Math.round(i * 7.919 + at / 10) % 10_007),
  }
}

async function rollUpAll(db: Db): Promise<void> {
  while ((await rollUpBatch(db, Date.now())).hasMore);
}

/** Of the connection's PostgreSQL process and of this process. */
async function cpuSeconds(db: Db, work: () => Promise<void>): Promise<number> {
  const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid ?? 0
  const [begin, own] = [serverSeconds(pid), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(own)
  return serverSeconds(pid) - begin + (user + system) / 1e6
}

function serverSeconds(pid: number): number {
  // fields after the name in parentheses; utime and stime are 14 and 15 in proc(5)
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

async function bytesOf({ pool }: Database, name: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(oid))::float8 as bytes from pg_class
     where relkind = 'r' and relispartition and relname like $1`,
    [name],
  )
  return rows[0]?.bytes ?? NaN
}

if (import.meta.main) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { series: text, minutes: text } })
  const dir = mkdtempSync(join(tmpdir(), 'remo-rollup-'))
  const databases = await Databases.start(dir)
  try {
    const sizes = { series: Number(values.series ?? 50_000), minutes: Number(values.minutes ?? 5) }
    process.stdout.write(tableOf(await rollupBench({ ...sizes, databases })))
  } finally {
    await databases.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
