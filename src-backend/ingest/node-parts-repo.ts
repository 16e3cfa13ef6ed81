import type { KnownSeries } from '#shared/metric/assemble/record-assembler.ts'
import { onContent } from '../db/content-error.ts'
import type { Db } from '../db/db.ts'
import type { NodeState } from './nodes/node-state.ts'
import { partRecord, type PartRow } from './nodes/stored-part.ts'

/** More parts than a fleet has. */
const partsAtMost = 5_000_000

const partColumns = `node, part, xmin::text as "savedBy", metrics, latest, latest_at,
  extract(epoch from seen)::float8 * 1000 as seen_ms, sent_at, steps, units, anchor, series`

/** Which transaction wrote which part. */
export interface PartVersion {
  readonly node: number
  readonly part: string
  readonly savedBy: string
}

/** Parts of these nodes, whose rows in `node` are locked. */
export async function readParts(db: Db, nodes: readonly number[]): Promise<PartRow[]> {
  const { rows } = await db.query<PartRow>(`select ${partColumns} from node_part where node = any($1) limit $2`, [
    nodes,
    partsAtMost,
  ])
  return rows
}

export async function readPartVersions(db: Db, nodes: readonly number[]): Promise<PartVersion[]> {
  const { rows } = await db.query<PartVersion>(
    `select node, part, xmin::text as "savedBy" from node_part where node = any($1) limit $2`,
    [nodes, partsAtMost],
  )
  return rows
}

export async function readSomeParts(
  db: Db,
  parts: ReadonlyArray<Pick<PartVersion, 'node' | 'part'>>,
): Promise<PartRow[]> {
  const { rows } = await db.query<PartRow>(
    `select ${partColumns} from node_part
     where (node, part) in (select * from unnest($1::int[], $2::text[])) limit $3`,
    [parts.map(({ node }) => node), parts.map(({ part }) => part), parts.length],
  )
  return rows
}

/** Deletes the parts of forgotten nodes that are back: each begins again with its next record. */
export async function deletePartsOf(db: Db, nodes: readonly number[]): Promise<void> {
  await db.query('delete from node_part where node = any($1)', [nodes])
}

/** A part with the names of its node, for the evaluation of missing data. */
export interface NamedPartRow extends Pick<
  PartRow,
  'node' | 'part' | 'metrics' | 'sent_at' | 'steps' | 'anchor' | 'series'
> {
  readonly nodeId: string
  readonly name: string
}

/** Parts after `after`, page by page. */
export async function readPartPage(
  db: Db,
  after: Pick<PartVersion, 'node' | 'part'> | undefined,
  limit: number,
): Promise<NamedPartRow[]> {
  const { rows } = await db.query<NamedPartRow>(
    `select node, part, metrics, sent_at, steps, anchor, node_part.series, node_id as "nodeId", node_name as name
     from node_part join node on node.id = node
     where (node, part) > ($1::int, $2::text) and forgotten_at is null order by node, part limit $3`,
    [after?.node ?? 0, after?.part ?? '', limit],
  )
  return rows
}

/** Series of all nodes that other programs report. */
export async function readKnownSeries(db: Db): Promise<KnownSeries[]> {
  const { rows } = await db.query<KnownSeries>(
    `select node_id as "nodeId", array_agg(metric) as names
     from node_part join node on node.id = node cross join lateral unnest(metrics) as listed (metric)
     where forgotten_at is null group by node_id limit $1`,
    [partsAtMost],
  )
  return rows
}

/** Writes the changed parts of these nodes, whose rows in `node` are locked. */
export async function saveParts(db: Db, nodes: readonly NodeState[]): Promise<void> {
  const [known, grown] = [[] as object[], [] as object[]]
  onContent(() => {
    for (const node of nodes) {
      for (const [name, part] of node.parts.byName) {
        if (part.isChanged) (part.isGrown ? grown : known).push(partRecord(node, name, part))
      }
    }
  })
  if (grown.length > 0) await upsertParts(db, grown)
  if (known.length > 0) await updateParts(db, known)
}

const recordColumns = `node int, part text, latest float8[], latest_at float8[], seen float8, sent_at float8,
  steps float8[], anchor jsonb, series jsonb`

/** Leaves names and units alone: long lists of them stay where they are. */
async function updateParts(db: Db, records: readonly object[]): Promise<void> {
  await db.query(
    `update node_part set latest = saved.latest, latest_at = saved.latest_at, seen = to_timestamp(saved.seen),
       sent_at = saved.sent_at, steps = saved.steps, anchor = saved.anchor, series = saved.series
     from jsonb_to_recordset($1::jsonb) as saved (${recordColumns})
     where node_part.node = saved.node and node_part.part = saved.part`,
    [onContent(() => JSON.stringify(records))],
  )
}

async function upsertParts(db: Db, records: readonly object[]): Promise<void> {
  await db.query(
    `insert into node_part (node, part, metrics, latest, latest_at, seen, sent_at, steps, units, anchor, series)
     select node, part, metrics, latest, latest_at, to_timestamp(seen), sent_at, steps, units, anchor, series
     from jsonb_to_recordset($1::jsonb) as saved (${recordColumns}, metrics text[], units jsonb)
     order by node, part
     on conflict (node, part) do update set metrics = excluded.metrics, latest = excluded.latest,
       latest_at = excluded.latest_at, seen = excluded.seen, sent_at = excluded.sent_at, steps = excluded.steps, units = excluded.units, anchor = excluded.anchor,
       series = excluded.series`,
    [onContent(() => JSON.stringify(records))],
  )
}
