/** All SQL of the ingest. What has to be of one transaction says so by taking a `Db`. */
import type { Gap, RejectedRecord, ReadPosition } from '#shared/metric/read-position.ts'
import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { partitionKey, type TopicPartition } from '../../src-kafka/stream.ts'
import type { Db } from '../db/db.ts'
import { encodeSamples, type SampleRow } from './write/copy-samples.ts'
import type { NodeCache } from './nodes/node-cache.ts'
import type { NodeState } from './nodes/node-state.ts'
import { nodeRecord, type LockedNodeRow, openNode } from './nodes/stored-node.ts'

interface PositionRow {
  readonly topic: string
  readonly partition: number
  readonly next: string
  readonly last_timestamp: string | null
  readonly last_hash: string | null
}

/** Beyond any cluster that one group of consumers reads. */
const partitionsAtMost = 200_000

export async function readPositions(db: Db): Promise<ReadPosition[]> {
  const { rows } = await db.query<PositionRow>(
    'select topic, partition, next, last_timestamp, last_hash from stream_position limit $1',
    [partitionsAtMost],
  )
  return rows.map(positionOf)
}

/** Locks the positions of these partitions, in one order everywhere; one never read has none and is locked all the same. */
export async function lockPositions(db: Db, parts: readonly TopicPartition[]): Promise<ReadPosition[]> {
  const [topics, partitions] = [parts.map(({ topic }) => topic), parts.map(({ partition }) => partition)]
  const lock = () =>
    db.query<PositionRow>(
      `select topic, partition, next, last_timestamp, last_hash from stream_position
       where (topic, partition) in (select * from unnest($1::text[], $2::int[]))
       order by topic, partition for update`,
      [topics, partitions],
    )
  const { rows } = await lock()
  if (rows.length === new Set(parts.map(partitionKey)).size) {
    return rows.map(positionOf)
  }
  await db.query(
    `insert into stream_position (topic, partition, next)
     select topic, partition, 0 from unnest($1::text[], $2::int[]) as part (topic, partition)
     order by topic, partition on conflict do nothing`,
    [topics, partitions],
  )
  return (await lock()).rows.map(positionOf)
}

export async function savePositions(db: Db, positions: readonly ReadPosition[]): Promise<void> {
  await db.query(
    `update stream_position set next = moved.next, last_timestamp = moved.timestamp, last_hash = moved.hash
     from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[])
       as moved (topic, partition, next, timestamp, hash)
     where stream_position.topic = moved.topic and stream_position.partition = moved.partition`,
    [
      positions.map(({ topic }) => topic),
      positions.map(({ partition }) => partition),
      positions.map(({ next }) => next),
      positions.map(({ last }) => last?.timestamp ?? null),
      positions.map(({ last }) => last?.hash ?? null),
    ],
  )
}

const nodeColumns = `id, node_id, node_name, extract(epoch from last_seen)::float8 * 1000 as last_seen_ms, interval_ms,
  latest, units, series`

interface LockedNode {
  readonly nodeId: string
  /** The transaction that wrote the row as it is now. */
  readonly savedBy: string
}

/**
 * @param nodes by id, with the name and the time of the first record, for those that have no row yet
 * @param known need not be read where their rows are unchanged
 */
export async function lockNodes(
  db: Db,
  nodes: ReadonlyMap<string, { readonly name: string; readonly at: number }>,
  known: NodeCache,
): Promise<NodeState[]> {
  const locked = await lockRows(db, [...nodes.keys()])
  if (locked.length < nodes.size) locked.push(...(await insertNodes(db, nodes, locked)))
  const states: NodeState[] = []
  const unknown: string[] = []
  for (const { nodeId, savedBy } of locked) {
    const node = known.get(nodeId, savedBy)
    if (node) states.push(node)
    else unknown.push(nodeId)
  }
  return unknown.length === 0 ? states : [...states, ...(await lockKnownNodes(db, unknown))]
}

async function insertNodes(
  db: Db,
  nodes: ReadonlyMap<string, { readonly name: string; readonly at: number }>,
  there: readonly LockedNode[],
): Promise<LockedNode[]> {
  const found = new Set(there.map(({ nodeId }) => nodeId))
  const missing = [...nodes].filter(([nodeId]) => !found.has(nodeId)).sort(([a], [b]) => (a < b ? -1 : 1))
  const ids = missing.map(([nodeId]) => nodeId)
  await db.query(
    `insert into node (node_id, node_name, last_seen, latest)
     select node_id, name, to_timestamp(at), '{}'
     from unnest($1::text[], $2::text[], $3::float8[]) with ordinality as made (node_id, name, at, n)
     order by n on conflict (node_id) do nothing`,
    [ids, missing.map(([, { name }]) => name), missing.map(([, { at }]) => at / 1000)],
  )
  return lockRows(db, ids)
}

/** In one order everywhere. */
async function lockRows(db: Db, nodeIds: readonly string[]): Promise<LockedNode[]> {
  const { rows } = await db.query<LockedNode>(
    `select node_id as "nodeId", xmin::text as "savedBy" from node
     where node_id = any($1) order by node_id limit $2 for update`,
    [nodeIds, nodeIds.length],
  )
  return rows
}

export async function lockKnownNodes(db: Db, nodeIds: readonly string[]): Promise<NodeState[]> {
  const { rows } = await db.query<LockedNodeRow>(
    `select ${nodeColumns} from node where node_id = any($1) order by node_id limit $2 for update`,
    [nodeIds, nodeIds.length],
  )
  return rows.map(openNode)
}

/** Evaluation states of nodes behind `after`, a page at a time. */
export async function readSeriesStates(
  db: Db,
  after: string,
  limit: number,
): Promise<Array<{ nodeId: string; name: string; series: unknown }>> {
  const { rows } = await db.query<{ nodeId: string; name: string; series: unknown }>(
    `select node_id as "nodeId", node_name as name, series from node where node_id > $1 order by node_id limit $2`,
    [after, limit],
  )
  return rows
}

/** @returns the transaction that the rows are of now */
export async function saveNodes(db: Db, nodes: readonly NodeState[]): Promise<string> {
  const { rows } = await db.query<{ savedBy: string }>(
    `with changed as (
       update node set node_name = saved.name, last_seen = to_timestamp(saved.last_seen),
         interval_ms = saved.interval_ms, latest = saved.latest, units = saved.units, series = saved.series
       from jsonb_to_recordset($1::jsonb)
         as saved (id int, name text, last_seen float8, interval_ms float8, latest jsonb, units jsonb, series jsonb)
       where node.id = saved.id
     )
     select pg_current_xact_id()::xid::text as "savedBy"`,
    [JSON.stringify(nodes.map(nodeRecord))],
  )
  return (rows[0] as { savedBy: string }).savedBy
}

/** Ids of these lists of metrics, made where they are new; in the order given. In no transaction: an id never goes. */
export async function layoutIds(db: Db, layouts: ReadonlyArray<readonly string[]>): Promise<number[]> {
  const given = JSON.stringify(layouts)
  await db.query(
    `insert into layout (metrics)
     select array(select jsonb_array_elements_text(list)) from jsonb_array_elements($1::jsonb) as list
     on conflict (metrics) do nothing`,
    [given],
  )
  const { rows } = await db.query<{ id: number }>(
    `select layout.id from jsonb_array_elements($1::jsonb) with ordinality as given (list, n)
     join layout on layout.metrics = array(select jsonb_array_elements_text(given.list))
     order by n limit $2`,
    [given, layouts.length],
  )
  return rows.map(({ id }) => id)
}

/** Straight into the table. @throws DatabaseError 23505 where a row is there already */
export async function copySamples(db: Db, rows: readonly SampleRow[]): Promise<void> {
  await copyInto(db, 'copy sample (node, layout, at, values) from stdin with (format binary)', rows)
}

/** The way around for rows of which some are there already: the newest record wins. @returns how many were doubled */
export async function upsertSamples(db: Db, rows: readonly SampleRow[]): Promise<number> {
  await db.query(
    `create temporary table if not exists sample_staging (
       n bigint generated always as identity, node int, layout int, at timestamptz, values double precision[]
     ) on commit delete rows`,
  )
  await copyInto(db, 'copy sample_staging (node, layout, at, values) from stdin with (format binary)', rows)
  const { rows: counted } = await db.query<{ fresh: string }>(
    `select count(*) as fresh from (select distinct node, at, layout from sample_staging) as staged
     where not exists (select from sample where sample.node = staged.node and sample.at = staged.at
       and sample.layout = staged.layout)`,
  )
  await db.query(
    `insert into sample (node, layout, at, values)
     select distinct on (node, at, layout) node, layout, at, values from sample_staging
     order by node, at, layout, n desc
     on conflict (node, at, layout) do update set values = excluded.values`,
  )
  return rows.length - Number(counted[0]?.fresh ?? rows.length)
}

async function copyInto(db: Db, sql: string, rows: readonly SampleRow[]): Promise<void> {
  const stream = db.query(copyFrom(sql))
  stream.end(encodeSamples(rows))
  await finished(stream)
}

export async function insertRejected(db: Db, rejects: readonly RejectedRecord[]): Promise<void> {
  await db.query(
    `insert into rejected (topic, partition, "offset", at, code, reason, head)
     select topic, partition, "offset", to_timestamp(at), code, reason, head
     from unnest($1::text[], $2::int[], $3::bigint[], $4::float8[], $5::text[], $6::text[], $7::bytea[])
       as bad (topic, partition, "offset", at, code, reason, head)
     on conflict do nothing`,
    [
      rejects.map(({ position }) => position.topic),
      rejects.map(({ position }) => position.partition),
      rejects.map(({ position }) => position.offset),
      rejects.map(({ at }) => at / 1000),
      rejects.map(({ reject }) => reject.code),
      rejects.map(({ reject }) => reject.reason),
      rejects.map(({ head }) => Buffer.from(head)),
    ],
  )
}

export async function insertGap(db: Db, { topic, partition, from, to, reason, at }: Gap): Promise<void> {
  await db.query(
    `insert into stream_gap (topic, partition, first, until, reason, at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8))`,
    [topic, partition, from, to, reason, at / 1000],
  )
}

/** Which minutes of which nodes are to be rolled up. Times are epoch ms, whole minutes. */
export interface DueMinutes {
  readonly nodes: readonly number[]
  readonly since: number
  readonly until: number
}

export async function insertRollupDue(db: Db, due: readonly DueMinutes[]): Promise<void> {
  const records = due.map(({ nodes, since, until }) => ({ nodes, since: since / 1000, until: until / 1000 }))
  await db.query(
    `insert into rollup_due (nodes, since, until)
     select nodes, to_timestamp(since), to_timestamp(until)
     from jsonb_to_recordset($1::jsonb) as due (nodes int[], since float8, until float8)`,
    [JSON.stringify(records)],
  )
}

function positionOf({ topic, partition, next, last_timestamp, last_hash }: PositionRow): ReadPosition {
  const last =
    last_timestamp === null || last_hash === null ? null : { timestamp: Number(last_timestamp), hash: last_hash }
  return { topic, partition, next: Number(next), last }
}
