import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Pool } from 'pg'
import { startBackendProcess } from '../../tests/support/backend-process.ts'
import { singleMeasurement, quantile, type BenchResult } from '../measure.ts'
import { startFleet } from '../fleet-load.ts'
import { metrics } from '../bench-records.ts'
import { getTimed, signInWhenReady } from './bench-client.ts'
import type { Databases } from './bench-databases.ts'
import { addLayout, addNodes, fleetNodeIdOf } from './seed.ts'

export interface HistoryBench {
  /** Each sends one record per second. */
  readonly nodes: number
  readonly neighbours: number
  readonly querySeconds: number
  readonly bootstrap: string
  readonly databases: Databases
}

const topic = 'bench-live'
const limitMs = 50
/** The first nodes of the fleet. Each has 24 h at 1 s; the queries take them in turn. */
const askedNodes = 5
const points = 500

/** Queries 24 h of one node after another, in a table with other nodes' rows, while the fleet keeps sending. */
export async function historyBench(bench: HistoryBench): Promise<BenchResult> {
  const database = await bench.databases.make()
  await seed(database.pool, bench)
  const backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap: bench.bootstrap,
    env: { REMO_DEMO: 'true', KAFKA_TOPIC_PATTERN: `^${topic}$` },
  })
  try {
    const headers = await signInWhenReady(backend.url)
    const stopSending = await startFleet({ ...bench, topic })
    try {
      await untilStored(database.pool, 2 * bench.nodes)
      const before = await storedOf(database.pool)
      const times = await queryFor(bench.querySeconds, (query) => getTimed(`${backend.url}${query}`, headers))
      const rate = Math.round(((await storedOf(database.pool)) - before) / bench.querySeconds)
      return singleMeasurement({
        name: `history of 24 h at 1 s, ${points} points, at ${rate} msg/s: p99 of ${times.length}`,
        unit: 'ms',
        limitName: 'what it may take',
        ours: quantile(times, 0.99),
        limit: limitMs,
        target: { atMost: 1 },
      })
    } finally {
      await stopSending()
    }
  } finally {
    await backend.stop()
    await database.drop()
  }
}

/** Ordered by time, like the rows of ingest and rollups: the rows of one node lie far apart. */
async function seed(pool: Pool, { nodes, neighbours }: HistoryBench): Promise<void> {
  await addNodes(pool, nodes)
  const layout = await addLayout(pool)
  await pool.query(
    `insert into sample (node, layout, at, values)
     select node, $2, at, array(select round((random() * 100 + node * 0)::numeric, 2)::float8 from generate_series(1, $3))
     from generate_series(date_trunc('second', now()) - interval '24 hours', now(), '1 second') as at
     cross join generate_series(1, $1) as node order by at, node`,
    [askedNodes, layout, metrics.length],
  )
  await pool.query(
    `insert into rollup_row (minute, node, layout, n, last_at, values, times)
     select minute, node, $2, 60, 59000000,
       array[array_fill(50::float8, array[$3]), array_fill((node % 50)::float8, array[$3]),
         array_fill((50 + node % 50)::float8, array[$3]), array_fill(51::float8, array[$3])],
       array[array_fill(7000000, array[$3]), array_fill(31000000, array[$3])]
     from generate_series(date_trunc('minute', now()) - interval '24 hours', now() - interval '1 minute', '1 minute')
       as minute
     cross join generate_series(1, $1) as node order by minute, node`,
    [askedNodes + neighbours, layout, metrics.length],
  )
  await pool.query('vacuum analyze sample')
  await pool.query('vacuum analyze rollup_row')
}

async function untilStored(pool: Pool, messages: number): Promise<void> {
  while ((await storedOf(pool)) < messages) await delay(100)
}

async function storedOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select coalesce(sum(next), 0)::float8 as n from stream_position')
  return rows[0]?.n ?? 0
}

/** Duration of each query, in milliseconds. */
async function queryFor(seconds: number, send: (query: string) => ReturnType<typeof getTimed>): Promise<number[]> {
  const times: number[] = []
  const end = performance.now() + seconds * 1000
  for (let n = 0; performance.now() < end; n++) {
    const begin = performance.now()
    const node = fleetNodeIdOf(n % askedNodes)
    const { status, text } = await send(`/api/metrics/history?node_id=${node}&hours=24&points=${points}`)
    times.push(performance.now() - begin)
    if (n < askedNodes) check(status, text)
  }
  return times
}

function check(status: number, text: string): void {
  if (status !== 200) throw new Error(`the history returned ${status}: ${text}`)
  const lengths = Object.values(JSON.parse(text) as Record<string, unknown[]>).map(({ length }) => length)
  const isWhole = lengths.length === metrics.length && lengths.every((n) => n > points * 0.9 && n <= points)
  if (!isWhole) throw new Error(`the history has ${lengths.join(', ')} points`)
}
