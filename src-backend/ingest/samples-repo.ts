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
 * Slower than `copySamples`, for rows whose node and time may exist: of each metric, the newest record with it wins. A
 * metric has one value at a time, whatever other metrics its records have.
 * @returns the number of records whose row existed
 */
export async function upsertSamples(db: Db, rows: readonly SampleRows[]): Promise<number> {
  await db.query(
    `create temporary table if not exists sample_staging (
       n bigint generated always as identity, node int, layout int, at timestamptz, values double precision[]
     ) on commit delete rows`,
  )
  await copyInto(db, 'copy sample_staging (node, layout, at, values) from stdin with (format binary)', rows)
  const span = spanOf(rows)
  const { rows: counted } = await db.query<{ fresh: string }>(
    `select count(*) as fresh from (select distinct node, at, layout from sample_staging) as staged
     where not exists (select from sample where sample.node = staged.node and sample.at = staged.at
       and sample.layout = staged.layout and ${inSpan})`,
    span,
  )
  await db.query(
    `insert into sample (node, layout, at, values)
     select distinct on (node, at, layout) node, layout, at, values from sample_staging
     order by node, at, layout, n desc
     on conflict (node, at, layout) do update set values = excluded.values`,
  )
  await dropReplacedValues(db, span)
  const count = rows.reduce((sum, part) => sum + part.count, 0)
  return count - Number(counted[0]?.fresh ?? count)
}

/** Bounds of the times, in seconds, so that PostgreSQL looks into few partitions. */
const inSpan = 'sample.at between to_timestamp($1::float8) and to_timestamp($2::float8)'

function spanOf(rows: readonly SampleRows[]): [from: number, to: number] {
  let from = Infinity
  let to = -Infinity
  for (const { count, at } of rows) {
    for (let i = 0; i < count; i++) {
      from = Math.min(from, at[i] as number)
      to = Math.max(to, at[i] as number)
    }
  }
  return [(from - 1) / 1000, (to + 1) / 1000]
}

/**
 * Rows with one node and time, but other metrics: takes the values out that a staged row replaced. What is left of a row
 * has another layout, or nothing is left.
 */
async function dropReplacedValues(db: Db, span: [from: number, to: number]): Promise<void> {
  await db.query(
    `create temporary table if not exists sample_reduced (
       node int, at timestamptz, layout int, metrics text[], values double precision[]
     ) on commit delete rows`,
  )
  const { rowCount } = await db.query(
    `with crowded as materialized (
       select node, at from (select distinct node, at from sample_staging) as staged join sample using (node, at)
       where ${inSpan} group by node, at having count(*) > 1),
     newest as (select node, at, layout, max(n) as n from sample_staging group by node, at, layout),
     listed as (
       select sample.node, sample.at, sample.layout, coalesce(newest.n, 0) as n, value.metric, value.value, value.place
       from crowded join sample using (node, at) left join newest using (node, at, layout)
       join layout on layout.id = sample.layout
       cross join lateral unnest(layout.metrics, sample.values) with ordinality as value (metric, value, place)
       where ${inSpan}),
     ranked as (select *, row_number() over (partition by node, at, metric order by n desc, layout desc) as rank from listed)
     insert into sample_reduced (node, at, layout, metrics, values)
     select node, at, layout, coalesce(array_agg(metric order by place) filter (where rank = 1), '{}'),
       array_agg(value order by place) filter (where rank = 1)
     from ranked group by node, at, layout having bool_or(rank > 1)`,
    span,
  )
  if (!rowCount) return
  await db.query(
    `insert into layout (metrics) select distinct metrics from sample_reduced where metrics <> '{}'
     order by metrics on conflict (metrics) do nothing`,
  )
  await db.query(
    `delete from sample using sample_reduced as reduced
     where sample.node = reduced.node and sample.at = reduced.at and sample.layout = reduced.layout and ${inSpan}`,
    span,
  )
  await db.query(
    `insert into sample (node, layout, at, values)
     select node, layout.id, at, values from sample_reduced as reduced join layout on layout.metrics = reduced.metrics`,
  )
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
