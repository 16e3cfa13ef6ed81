import { forgottenNodeCodec } from '#shared/codec/domain-codecs.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { ForgottenNode } from '#shared/team/forgotten-node.ts'
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
  /** Of a node whose newest record is from the future: its offline alert fires. */
  readonly isSilent: boolean
}

export type LastSeen = Pick<NodeListRow, 'lastSeenMs' | 'intervalMs' | 'isSilent'>

const lastSeen = `extract(epoch from last_seen)::float8 * 1000 as "lastSeenMs", interval_ms as "intervalMs",
  case when last_seen > now() then exists (
    select from alert where alert.node_id = node.node_id and phase = 'firing' and alert ->> 'kind' = 'offline'
  ) else false end as "isSilent"`
const columns = `id, node_id as "nodeId", node_name as "nodeName", ${lastSeen}`

/** By id, after `after`. */
export async function listNodes(db: Db, after: number, limit: number): Promise<NodeListRow[]> {
  const { rows } = await db.query<NodeListRow>(
    `select ${columns} from node where id > $1 and forgotten_at is null order by id limit $2`,
    [after, limit],
  )
  return rows
}

export async function findNode(db: Db, nodeId: string): Promise<NodeListRow | undefined> {
  const { rows } = await db.query<NodeListRow>(
    `select ${columns} from node where node_id = $1 and forgotten_at is null`,
    [nodeId],
  )
  return rows[0]
}

export async function listLastSeen(db: Db): Promise<LastSeen[]> {
  const { rows } = await db.query<LastSeen>(`select ${lastSeen} from node where forgotten_at is null limit $1`, [
    nodesAtMost,
  ])
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

export interface NodeToForget {
  readonly id: number
  /** Event time of its newest record, epoch ms. */
  readonly lastSeen: number
  readonly series: unknown
  /** Of each of its parts. */
  readonly parts: ReadonlyArray<{ readonly anchor: unknown; readonly series: unknown }>
}

/** Locks the node until the transaction ends. */
export async function lockNode(db: Db, nodeId: string): Promise<NodeToForget | undefined> {
  const { rows } = await db.query<NodeToForget>(
    `select id, extract(epoch from last_seen)::float8 * 1000 as "lastSeen", series,
       (select coalesce(jsonb_agg(jsonb_build_object('anchor', anchor, 'series', node_part.series)), '[]')
        from node_part where node_part.node = node.id) as parts
     from node
     where node_id = $1 and forgotten_at is null for update`,
    [nodeId],
  )
  return rows[0]
}

/** Ends the evaluation of a node. `at`: epoch ms. Its newest values stay until it is back, for its history. */
export async function markForgotten(db: Db, node: NodeToForget, at: number): Promise<void> {
  await db.query(`update node set forgotten_at = to_timestamp($2::float8 / 1000), series = '{}' where id = $1`, [
    node.id,
    at,
  ])
}

/** Offsets up to which these partitions are stored. */
export async function readPositionsOf(
  db: Db,
  partitions: readonly Pick<RecordPosition, 'topic' | 'partition'>[],
): Promise<ForgottenNode['readTo']> {
  const { rows } = await db.query<{ topic: string; partition: number; next: number }>(
    `select topic, partition, next::float8 as next from stream_position
     join unnest($1::text[], $2::int[]) as wanted (topic, partition) using (topic, partition)
     order by topic, partition limit $3`,
    [partitions.map(({ topic }) => topic), partitions.map(({ partition }) => partition), partitions.length],
  )
  return rows
}

export async function saveForgotten(db: Db, node: ForgottenNode): Promise<void> {
  await db.query(
    `insert into forgotten_node (node_id, record, at) values ($1, $2, to_timestamp($3::float8 / 1000))
     on conflict (node_id) do update set record = excluded.record, at = excluded.at`,
    [node.nodeId, forgottenNodeCodec.stringify(node), node.at],
  )
}

/** Deletes what was published before `before` (epoch ms). @returns the ids of the nodes */
export async function deleteForgotten(db: Db, { before, limit }: { before: number; limit: number }): Promise<string[]> {
  const { rows } = await db.query<{ node_id: string }>(
    `delete from forgotten_node where node_id in (
       select node_id from forgotten_node where at < to_timestamp($1::float8 / 1000) order by node_id limit $2 for update)
     returning node_id`,
    [before, limit],
  )
  return rows.map(({ node_id }) => node_id)
}

/** Number of values since then (epoch ms). One statement, so that rollups and samples are of the same instant. */
export async function countValues(db: Db, since: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `with bound as materialized (select to_timestamp($1::float8 / 1000) as since),
     raw as materialized (select raw.minute from bound, minutes_of_samples(bound.since) as raw),
     rolled as (
       select coalesce(sum(n), 0) as n from (
         select minute, n from rollup
         union all
         select minute, n * cardinality(metrics) from rollup_row join layout on layout.id = rollup_row.layout) as each_row
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
