import { onContent } from '../db/content-error.ts'
import type { Db } from '../db/db.ts'
import type { NodeCache } from './nodes/node-cache.ts'
import type { NodeState } from './nodes/node-state.ts'
import { type LockedNodeRow, nodeRecord, openNode, type StoredPart } from './nodes/stored-node.ts'
import {
  deletePartsOf,
  type PartVersion,
  readParts,
  readPartVersions,
  readSomeParts,
  saveParts,
} from './node-parts-repo.ts'

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
  const changed = new Map<string, NodeState | undefined>()
  for (const { nodeId, savedBy } of locked) {
    const cached = known.take(nodeId)
    if (cached?.savedBy === savedBy) states.push(cached.node)
    else changed.set(nodeId, cached?.node)
  }
  if (changed.size > 0) states.push(...(await readLockedNodes(db, changed, { isSent: true })))
  return states
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
  return readLockedNodes(db, new Map(nodeIds.map((nodeId) => [nodeId, undefined])), { isSent: false })
}

/**
 * @param nodes by id, as this replica had them last: only parts that others wrote since are read
 * @param sent `isSent`: whether they sent a record: a forgotten node is back then
 */
async function readLockedNodes(
  db: Db,
  nodes: ReadonlyMap<string, NodeState | undefined>,
  sent: { readonly isSent: boolean },
): Promise<NodeState[]> {
  const { rows } = await db.query<LockedNodeRow>(
    `select ${nodeColumns} from node where node_id = any($1) order by node_id limit $2 for update`,
    [[...nodes.keys()], nodes.size],
  )
  const back = sent.isSent ? rows.filter(({ forgotten }) => forgotten) : []
  if (back.length > 0) {
    await deletePartsOf(
      db,
      back.map(({ id }) => id),
    )
  }
  const parts = await partsOf(db, rows, nodes)
  return onContent(() => rows.map((row) => openNode(row, parts.get(row.id) ?? [])))
}

async function partsOf(
  db: Db,
  rows: readonly LockedNodeRow[],
  before: ReadonlyMap<string, NodeState | undefined>,
): Promise<ReadonlyMap<number, StoredPart[]>> {
  const cached = new Map(
    rows.flatMap(({ id, node_id, forgotten }) => {
      const node = before.get(node_id)
      return node === undefined || forgotten || node.parts.byName.size === 0 ? [] : [[id, node] as const]
    }),
  )
  const ids = rows.map(({ id }) => id)
  const found = new Map<number, StoredPart[]>(ids.map((id) => [id, []]))
  const read = await readParts(
    db,
    ids.filter((id) => !cached.has(id)),
  )
  const versions = cached.size === 0 ? [] : await readPartVersions(db, [...cached.keys()])
  const isSame = ({ node, part, savedBy }: PartVersion) => cached.get(node)?.parts.byName.get(part)?.savedBy === savedBy
  const others = versions.filter((version) => !isSame(version))
  if (others.length > 0) read.push(...(await readSomeParts(db, others)))
  for (const row of read) found.get(row.node)?.push({ row })
  for (const version of versions.filter(isSame)) {
    found.get(version.node)?.push({ from: cached.get(version.node) as NodeState, part: version.part })
  }
  return found
}

export interface SeriesStatesRow {
  readonly nodeId: string
  readonly name: string
  readonly series: unknown
  readonly intervalMs: number | null
}

/** Evaluation states of nodes after `after`, page by page, without those of parts. */
export async function readSeriesStates(db: Db, after: string, limit: number): Promise<SeriesStatesRow[]> {
  const { rows } = await db.query<SeriesStatesRow>(
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
  await saveParts(db, nodes)
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
