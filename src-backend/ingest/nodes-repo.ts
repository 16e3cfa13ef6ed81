import { onContent } from '../db/content-error.ts'
import type { Db } from '../db/db.ts'
import type { NodeCache } from './nodes/node-cache.ts'
import type { NodeState } from './nodes/node-state.ts'
import { type LockedNodeRow, nodeRecord, openNode } from './nodes/stored-node.ts'

const nodeColumns = `id, node_id, node_name, extract(epoch from last_seen)::float8 * 1000 as last_seen_ms, interval_ms,
  latest, units, series, forgotten_at is not null as forgotten`

interface LockedNode {
  readonly nodeId: string
  /** The transaction that wrote the row. */
  readonly savedBy: string
}

/**
 * @param nodes by id, with name and event time of the first record, for nodes without a row
 * @param known nodes that need not be read while their rows are unchanged
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

/** Always in the same order. */
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
  return onContent(() => rows.map(openNode))
}

/** Evaluation states of nodes after `after`, page by page. */
export async function readSeriesStates(
  db: Db,
  after: string,
  limit: number,
): Promise<Array<{ nodeId: string; name: string; series: unknown; intervalMs: number | null }>> {
  const { rows } = await db.query<{ nodeId: string; name: string; series: unknown; intervalMs: number | null }>(
    `select node_id as "nodeId", node_name as name, series, interval_ms as "intervalMs" from node where node_id > $1 and forgotten_at is null order by node_id limit $2`,
    [after, limit],
  )
  return rows
}

/**
 * A forgotten node is back: save one only with a new record.
 * @returns the transaction that wrote the rows
 */
export async function saveNodes(db: Db, nodes: readonly NodeState[]): Promise<string> {
  const { rows } = await db.query<{ savedBy: string }>(
    `with changed as (
       update node set node_name = saved.name, last_seen = to_timestamp(saved.last_seen),
         interval_ms = saved.interval_ms, latest = saved.latest, units = saved.units, series = saved.series,
         forgotten_at = null
       from jsonb_to_recordset($1::jsonb)
         as saved (id int, name text, last_seen float8, interval_ms float8, latest jsonb, units jsonb, series jsonb)
       where node.id = saved.id
     )
     select pg_current_xact_id()::xid::text as "savedBy"`,
    [onContent(() => JSON.stringify(nodes.map(nodeRecord)))],
  )
  return (rows[0] as { savedBy: string }).savedBy
}
