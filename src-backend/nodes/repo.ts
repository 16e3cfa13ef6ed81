import type { Db } from '../db/db.ts'

/** More than any fleet of one backend. */
const nodesAtMost = 100_000

/** Times are epoch ms. */
export interface NodeListRow {
  readonly id: number
  readonly nodeId: string
  readonly nodeName: string
  readonly lastSeenMs: number
  readonly intervalMs: number | null
}

export type LastSeen = Pick<NodeListRow, 'lastSeenMs' | 'intervalMs'>

const lastSeen = `extract(epoch from last_seen)::float8 * 1000 as "lastSeenMs", interval_ms as "intervalMs"`
const columns = `id, node_id as "nodeId", node_name as "nodeName", ${lastSeen}`

/** By id, after `after`. */
export async function listNodes(db: Db, after: number, limit: number): Promise<NodeListRow[]> {
  const { rows } = await db.query<NodeListRow>(`select ${columns} from node where id > $1 order by id limit $2`, [
    after,
    limit,
  ])
  return rows
}

export async function findNode(db: Db, nodeId: string): Promise<NodeListRow | undefined> {
  const { rows } = await db.query<NodeListRow>(`select ${columns} from node where node_id = $1`, [nodeId])
  return rows[0]
}

export async function listLastSeen(db: Db): Promise<LastSeen[]> {
  const { rows } = await db.query<LastSeen>(`select ${lastSeen} from node limit $1`, [nodesAtMost])
  return rows
}

export async function countUnacknowledged(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    // an expired acknowledgement does not count
    `select count(*)::int as n from alert where phase = 'firing' and not (acknowledged
       and coalesce((alert #>> '{acknowledgement,until}')::numeric > extract(epoch from now()) * 1000, true))`,
  )
  return rows[0]?.n ?? 0
}

/** Number of values since then (epoch ms). One statement, so that rollups and samples are of the same instant. */
export async function countValues(db: Db, since: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `with bound as materialized (select to_timestamp($1::float8 / 1000) as since),
     raw as materialized (select raw.minute from bound, minutes_of_samples(bound.since) as raw),
     rolled as (
       select coalesce(sum(n), 0) as n from rollup
       where minute >= date_trunc('minute', to_timestamp($1::float8 / 1000), 'UTC') and minute not in (select minute from raw)),
     counted as (
       select coalesce(sum(of_layout.n * cardinality(layout.metrics)), 0) as n
       from bound, raw
       cross join lateral (
         select layout, count(*) as n from sample
         where at >= greatest(raw.minute, bound.since) and at < raw.minute + interval '1 minute' group by layout
       ) as of_layout
       join layout on layout.id = of_layout.layout)
     select (rolled.n + counted.n)::float8 as n from rolled, counted`,
    [since],
  )
  return rows[0]?.n ?? 0
}
