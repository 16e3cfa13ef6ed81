import { minuteMs } from '#shared/format/time-units.ts'
import { isRefusal } from '../db/database-error.ts'
import type { Db } from '../db/db.ts'
import type { RollupRow } from './copy-rollups.ts'
import { LayoutMinute } from './layout-minute.ts'
import {
  deleteRollups,
  eachDueSample,
  insertRollups,
  limitStatements,
  type NodeMinute,
  readSamplesSince,
} from './rollup-rows.ts'
import { type RollupBatch, type RollupDueRow, planRollupBatch } from './rollup-batch.ts'

/** Metrics of all pairs of node and minute in one transaction: about a second of work with a value a second. */
const metricsAtOnce = 20_000
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

/** A minute with deleted samples stays unchanged. */
async function recompute(db: Db, pairs: Pairs): Promise<void> {
  await limitStatements(db, withinMs)
  const since = await readSamplesSince(db)
  const kept = pairs.minutes.map((minute, i) => ({ minute, node: pairs.nodes[i] as number }))
  const whole = kept.filter(({ minute }) => minute >= since)
  if (whole.length === 0) return
  const rows = await summedRows(db, whole)
  await deleteRollups(db, whole)
  await insertRollups(db, rows)
}

/** In the order of the key. */
async function summedRows(db: Db, pairs: readonly NodeMinute[]): Promise<RollupRow[]> {
  const byMinute = new Map<number, Map<number, Map<number, LayoutMinute>>>()
  await eachDueSample(db, pairs, ({ minute, node, layout, micros, values }) => {
    const byNode = entryOf(byMinute, minute, () => new Map<number, Map<number, LayoutMinute>>())
    const byLayout = entryOf(byNode, node, () => new Map<number, LayoutMinute>())
    entryOf(byLayout, layout, () => new LayoutMinute(values.length)).add(micros, values)
  })
  return inOrder(byMinute).flatMap(([minute, byNode]) =>
    inOrder(byNode).flatMap(([node, byLayout]) =>
      inOrder(byLayout).map(([layout, summed]) => ({ minute, node, layout, summed })),
    ),
  )
}

function entryOf<V>(map: Map<number, V>, key: number, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

function inOrder<V>(map: ReadonlyMap<number, V>): Array<[number, V]> {
  return [...map].sort(([a], [b]) => a - b)
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
