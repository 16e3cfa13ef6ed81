import { dayMs, hourMs, minuteMs } from '#shared/format/time-units.ts'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Pool } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { ensurePartitions } from '../../src-backend/jobs/partitions.ts'

export interface SeedRecord {
  /** Epoch ms. */
  readonly at: number
  readonly values: readonly number[]
}

export interface Seed {
  readonly nodeId: string
  readonly metrics: readonly string[]
  /** Each record has a value for each metric. */
  readonly records: Iterable<SeedRecord>
  readonly units?: Readonly<Record<string, string>>
  readonly intervalMs?: number
}

/** Small enough for the statement timeout on a busy machine. */
const recordsAtOnce = 10_000

/** One record every `everyMs` from `from` (inclusive) to `to` (exclusive), in epoch ms. */
export function* steadily(
  { from, to, everyMs }: { readonly from: number; readonly to: number; readonly everyMs: number },
  valuesAt: (at: number) => readonly number[],
): Generator<SeedRecord> {
  for (let at = from; at < to; at += everyMs) yield { at, values: valuesAt(at) }
}

/**
 * Inserts records of a node like the ingest: partitions, node, layout, samples and due rollups. Tens of thousands of
 * records take some 100 ms. @returns the node's number
 */
export async function seedSamples(pool: Pool, seed: Seed): Promise<number> {
  const records = [...seed.records]
  const node = await seedNode(pool, seed, records)
  await ensurePartitions(pool, [...new Set(records.map(({ at }) => Math.floor(at / dayMs) * dayMs))])
  const layout = await seedLayout(pool, seed.metrics)
  for (let first = 0; first < records.length; first += recordsAtOnce) {
    await copySamples(pool, records.slice(first, first + recordsAtOnce), `${node}\t${layout}`)
  }
  await seedDue(pool, node, records)
  return node
}

async function copySamples(pool: Pool, records: readonly SeedRecord[], head: string): Promise<void> {
  const client = await pool.connect()
  try {
    const lines = Readable.from(copyLines(records, head))
    await pipeline(lines, client.query(copyFrom('copy sample (node, layout, at, values) from stdin')))
  } finally {
    client.release()
  }
}

async function seedNode(pool: Pool, seed: Seed, records: readonly SeedRecord[]): Promise<number> {
  const newest = records.reduce((a, b) => (b.at > a.at ? b : a), { at: 0, values: [] } as SeedRecord)
  const latest = seed.metrics.map((metric, i) => [metric, { value: newest.values[i] ?? 0, at: newest.at }] as const)
  const { rows } = await pool.query<{ id: number }>(
    `insert into node (node_id, node_name, last_seen, interval_ms, latest, units)
     values ($1, $2, to_timestamp($3::float8 / 1000), $4, $5, $6)
     on conflict (node_id) do update set last_seen = greatest(node.last_seen, excluded.last_seen),
       latest = node.latest || excluded.latest, units = node.units || excluded.units
     returning id`,
    [
      seed.nodeId,
      `Node ${seed.nodeId}`,
      newest.at,
      seed.intervalMs ?? null,
      JSON.stringify(Object.fromEntries(latest)),
      JSON.stringify(seed.units ?? {}),
    ],
  )
  return rows[0]?.id ?? 0
}

async function seedLayout(pool: Pool, metrics: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into layout (metrics) values ($1) on conflict (metrics) do update set metrics = excluded.metrics returning id`,
    [metrics],
  )
  return rows[0]?.id ?? 0
}

function* copyLines(records: readonly SeedRecord[], head: string): Generator<string> {
  for (const { at, values } of records) yield `${head}\t${new Date(at).toISOString()}\t{${values.join(',')}}\n`
}

/** One row per hour, like the ingest. */
async function seedDue(pool: Pool, node: number, records: readonly SeedRecord[]): Promise<void> {
  const hours = Map.groupBy(records, ({ at }) => Math.floor(at / hourMs))
  const due = Array.from(hours.values(), (ofHour) => {
    const minutes = ofHour.map(({ at }) => Math.floor(at / minuteMs) * minuteMs)
    return { since: Math.min(...minutes), until: Math.max(...minutes) + minuteMs }
  })
  await pool.query(
    `insert into rollup_due (nodes, since, until)
     select array[$1::int], to_timestamp(since / 1000), to_timestamp(until / 1000)
     from unnest($2::float8[], $3::float8[]) as due (since, until)`,
    [node, due.map(({ since }) => since), due.map(({ until }) => until)],
  )
}
