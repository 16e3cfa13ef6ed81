import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Db } from '../db/db.ts'
import { encodeSamples, type SampleRows } from './write/copy-samples.ts'

/**
 * Ids of these lists of metrics, in the given order. New lists get an id. Without a transaction, because ids are
 * permanent.
 */
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

/**
 * Copies directly into the table.
 * @throws DatabaseError 23505 if a row already exists
 */
export async function copySamples(db: Db, rows: readonly SampleRows[]): Promise<void> {
  await copyInto(db, 'copy sample (node, layout, at, values) from stdin with (format binary)', rows)
}

/**
 * Slower than `copySamples`, for rows that may exist: the newest record wins.
 * @returns the number of duplicates
 */
export async function upsertSamples(db: Db, rows: readonly SampleRows[]): Promise<number> {
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
  const count = rows.reduce((sum, part) => sum + part.count, 0)
  return count - Number(counted[0]?.fresh ?? count)
}

async function copyInto(db: Db, sql: string, rows: readonly SampleRows[]): Promise<void> {
  const stream = db.query(copyFrom(sql))
  stream.end(encodeSamples(rows))
  await finished(stream)
}

/** Minutes of nodes to roll up. Times are epoch ms, whole minutes. */
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
