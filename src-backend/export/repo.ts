/** COPY has no parameters: its text contains only our own numbers. */
import { namedRecord } from '#shared/format/named-record.ts'
import { z } from 'zod'
import { type BinaryRow, BinaryRows } from '../db/binary-rows.ts'
import { copyOut } from '../db/copy-out.ts'
import type { Db } from '../db/db.ts'
import { meanOf } from '../db/mean.ts'
import { unitsOfParts } from '../db/units-of-parts.ts'
import type { ExportedNode, ExportNames, SampleRecord } from './csv-lines.ts'
import { Utf8Buffer } from './utf8-buffer.ts'

/** More than any fleet of one backend. */
const namesAtMost = 100_000
const layoutsAtMost = 1_000_000

const Units = namedRecord(z.string())

/** Statement timeout of this transaction in ms; 0: none. */
export async function limitStatements(db: Db, withinMs: number): Promise<void> {
  await db.query(`select set_config('statement_timeout', $1, true)`, [String(withinMs)])
}

/** Of one node, or of all; for one metric, or for all. */
export async function readNames(
  db: Db,
  { nodeId, metric }: { readonly nodeId: string | undefined; readonly metric: string | undefined },
): Promise<ExportNames> {
  const nodes = await db.query<{ id: number; node_id: string; units: unknown }>(
    `select id, node_id, units || ${unitsOfParts} as units from node where $1::text is null or node_id = $1 limit $2`,
    [nodeId ?? null, namesAtMost],
  )
  const layouts = await db.query<{ id: number; metrics: string[] }>(
    'select id, metrics from layout where $1::text is null or metrics @> array[$1] limit $2',
    [metric ?? null, layoutsAtMost],
  )
  return {
    nodes: new Map(
      nodes.rows.map(({ id, node_id, units }): [number, ExportedNode] => [
        id,
        { nodeId: node_id, units: Units.parse(units) },
      ]),
    ),
    layouts: new Map(layouts.rows.map(({ id, metrics }) => [id, metrics])),
  }
}

/** Epoch ms, `to` exclusive. */
export interface TimeSlice {
  readonly from: number
  readonly to: number
}

export interface RecordQuery extends TimeSlice {
  readonly node: number | undefined
  /** `undefined`: all. */
  readonly layouts: readonly number[] | undefined
}

/**
 * The records of a time slice as text, oldest first, in chunks.
 * @returns the number of records
 */
export async function* copyRecords(
  db: Db,
  { from, to, node, layouts }: RecordQuery,
  textOf: (record: SampleRecord) => string,
): AsyncGenerator<Buffer, number> {
  const ofNode = node === undefined ? '' : `and node = ${node}`
  const ofLayouts = layouts === undefined ? '' : `and layout = any('{${layouts.join(',')}}')`
  const sql = `copy (
    select at, node, layout, values from sample
    where at >= to_timestamp(${from / 1000}) and at < to_timestamp(${to / 1000}) ${ofNode} ${ofLayouts}
    order by at, node, layout
  ) to stdout (format binary)`
  const rows = new BinaryRows()
  let count = 0
  for await (const chunk of copyOut(db, sql)) {
    const text = new Utf8Buffer(chunk.length * 3)
    rows.push(chunk, (row) => {
      count += 1
      text.add(textOf(recordOf(row)))
    })
    if (text.length > 0) yield text.bytes()
  }
  return count
}

function recordOf(row: BinaryRow): SampleRecord {
  return { at: row.time(0), node: row.integer(1), layout: row.integer(2), values: row.doubles(3) }
}

export interface Summary {
  readonly node_id: string
  readonly metric_type: string
  readonly average: number
  readonly minimum: number
  readonly maximum: number
  readonly count: number
}

/** Of all values since then (epoch ms). One statement, so that rollups and samples are of the same instant. */
export async function summarize(
  db: Db,
  { since, nodeId, metric }: { since: number; nodeId: string | undefined; metric: string | undefined },
): Promise<Summary[]> {
  const { rows } = await db.query<Summary>(
    `with bound as materialized (select to_timestamp($1::float8 / 1000) as since),
     raw as materialized (select raw.minute from bound, minutes_of_samples(bound.since) as raw),
     part as (
       select node, metric, n, avg, min, max from rollup_value
       where minute >= date_trunc('minute', to_timestamp($1::float8 / 1000), 'UTC')
         and minute not in (select minute from raw)
         and ($2::text is null or node = (select id from node where node_id = $2))
         and ($4::text is null or metric = $4
           and (layout is null or layout in (select id from layout where metrics @> array[$4])))
       union all
       select s.node, listed.metric, 1, listed.value, listed.value, listed.value
       from bound, raw
       cross join lateral (
         select node, layout, values from sample
         where at >= greatest(raw.minute, bound.since) and at < raw.minute + interval '1 minute'
           and ($2::text is null or node = (select id from node where node_id = $2))) as s
       join layout on layout.id = s.layout and ($4::text is null or metrics @> array[$4])
       cross join lateral unnest(layout.metrics, s.values) as listed (metric, value)
       where $4::text is null or listed.metric = $4),
     summed as (
       select node, metric, ${meanOf('avg', 'n')} as average, min(min) as minimum, max(max) as maximum,
         sum(n)::float8 as count
       from part group by node, metric)
     select node.node_id, summed.metric as metric_type, average, minimum, maximum, count
     from summed join node on node.id = summed.node
     order by node.id, metric_type limit $3`,
    [since, nodeId ?? null, namesAtMost, metric ?? null],
  )
  return rows
}
