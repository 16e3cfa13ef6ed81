import { minuteMs } from '#shared/format/time-units.ts'
import { isRefusal } from '../db/database-error.ts'
import type { Db } from '../db/db.ts'
import { meanOf } from '../db/mean.ts'
import { type RollupBatch, type RollupDueRow, planRollupBatch } from './rollup-batch.ts'

/** Metrics of all pairs of node and minute in one transaction: about a second of work with a value a second. */
const metricsAtOnce = 8_000
/** Assumed for what a node sends in ReMo's own format. */
const ownMetrics = 4
const rowsAtOnce = 500
/** Far more than that takes. */
const withinMs = 60_000

export interface RollupResult {
  readonly hasMore: boolean
  /** Minutes of nodes that PostgreSQL refused. They have no rollup. */
  readonly leftOut: number
}

/**
 * Rolls up completed minutes with new samples, as many as one transaction takes. A minute is always computed from all
 * its samples, so late and repeated samples do not matter.
 */
export async function rollUpBatch(db: Db, now: number): Promise<RollupResult> {
  const closed = Math.floor(now / minuteMs) * minuteMs
  const rows = await lockDue(db, closed)
  const batch = planRollupBatch(rows, { closed, most: metricsAtOnce, metricsOf: await metricsPerNode(db, rows) })
  const leftOut = batch.nodes.length > 0 ? await recomputeEach(db, batch) : 0
  await settle(db, batch)
  const isCut = rows.length === rowsAtOnce || batch.done.length + batch.rest.length < rows.length
  return { hasMore: isCut || batch.rest.some(({ since }) => since < closed), leftOut }
}

type Pairs = Pick<RollupBatch, 'nodes' | 'minutes'>

/**
 * A pair that PostgreSQL refuses is found by halving and left out: no value of one node stops the others.
 * @returns how many were left out
 */
async function recomputeEach(db: Db, pairs: Pairs): Promise<number> {
  await db.query('savepoint pairs')
  try {
    await recompute(db, pairs)
    await db.query('release savepoint pairs')
    return 0
  } catch (error) {
    if (!isRefusal(error)) throw error
    await db.query('rollback to savepoint pairs')
  }
  const count = pairs.nodes.length
  if (count === 1) return 1
  const half = count >> 1
  return (await recomputeEach(db, slice(pairs, 0, half))) + (await recomputeEach(db, slice(pairs, half, count)))
}

function slice({ nodes, minutes }: Pairs, from: number, to: number): Pairs {
  return { nodes: nodes.slice(from, to), minutes: minutes.slice(from, to) }
}

async function lockDue(db: Db, closed: number): Promise<RollupDueRow[]> {
  const { rows } = await db.query<RollupDueRow>(
    `select id, nodes, extract(epoch from since)::float8 * 1000 as since, extract(epoch from until)::float8 * 1000 as until
     from rollup_due where since < to_timestamp($1::float8 / 1000) order by id limit $2 for update`,
    [closed, rowsAtOnce],
  )
  return rows
}

/** A node can have thousands of metrics. One of ReMo's own format has some. */
async function metricsPerNode(db: Db, rows: readonly RollupDueRow[]): Promise<(node: number) => number> {
  const nodes = [...new Set(rows.flatMap((row) => row.nodes))]
  const counted = await db.query<{ node: number; n: number }>(
    'select node, sum(cardinality(metrics))::int as n from node_part where node = any($1::int[]) group by node limit $2',
    [nodes, nodes.length],
  )
  const ofParts = new Map(counted.rows.map(({ node, n }) => [node, n]))
  return (node) => ownMetrics + (ofParts.get(node) ?? 0)
}

/** Of equal values the earlier one counts. A minute with deleted samples stays unchanged. */
async function recompute(db: Db, { nodes, minutes }: Pairs): Promise<void> {
  await db.query(`select set_config('statement_timeout', $1, true)`, [String(withinMs)])
  const text = `
    insert into rollup (node, metric, minute, n, avg, min, min_at, max, max_at, last, last_at)
    select node, metric, minute, count(*), ${meanOf('value', '1')},
      (min(array[value, at]))[1], to_timestamp((min(array[value, at]))[2]),
      (max(array[value, -at]))[1], to_timestamp(-(max(array[value, -at]))[2]),
      (max(array[at, value]))[2], to_timestamp(max(at))
    from (
      select due.node, due.minute, listed.metric, listed.value, date_part('epoch', record.at) as at
      from (
        select node, to_timestamp(ms / 1000) as minute from unnest($1::int[], $2::float8[]) as pair (node, ms)
        where to_timestamp(ms / 1000) >= coalesce((select at from samples_since), '-infinity')
        offset 0) as due
      cross join lateral (
        select at, layout, values from sample
        where sample.node = due.node and at >= due.minute and at < due.minute + interval '1 minute' offset 0) as record
      join layout on layout.id = record.layout
      cross join lateral unnest(layout.metrics, record.values) as listed (metric, value)) as each_value
    group by minute, node, metric order by minute, node, metric
    on conflict (node, metric, minute) do update set n = excluded.n, avg = excluded.avg,
      min = excluded.min, min_at = excluded.min_at, max = excluded.max, max_at = excluded.max_at,
      last = excluded.last, last_at = excluded.last_at`
  await db.query(Object.assign({ text, values: [nodes, minutes] }, { query_timeout: withinMs }))
}

async function settle(db: Db, { done, rest }: RollupBatch): Promise<void> {
  if (done.length > 0) await db.query('delete from rollup_due where id = any($1::bigint[])', [done])
  if (rest.length === 0) return
  await db.query(
    `update rollup_due set since = to_timestamp(left_over.since / 1000)
     from unnest($1::bigint[], $2::float8[]) as left_over (id, since) where rollup_due.id = left_over.id`,
    [rest.map(({ id }) => id), rest.map(({ since }) => since)],
  )
}
