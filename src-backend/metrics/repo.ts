/** All SQL that reads values. COPY has no parameters: its text contains only our own numbers and escaped text. */
import { namedRecord } from '#shared/format/named-record.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import pg from 'pg'
import { z } from 'zod'
import { copyOut } from '../db/copy-out.ts'
import type { Db } from '../db/db.ts'
import { unitsOfParts } from '../db/units-of-parts.ts'
import type { BinaryRow } from '../db/binary-rows.ts'
import { BinaryRows } from '../db/binary-rows.ts'
import type { DownsampledPoint } from './downsampler.ts'
import type { TimeRange } from './range-plan.ts'

const layoutsAtMost = 100_000
const dueAtMost = 10_000

export interface NodeSeries {
  readonly id: number
  readonly metrics: readonly string[]
  /** From the producers. */
  readonly units: Readonly<Record<string, string>>
}

const Units = namedRecord(z.string())

export async function findSeries(db: Db, nodeId: string): Promise<NodeSeries | undefined> {
  const { rows } = await db.query<{ id: number; metrics: string[]; units: unknown }>(
    `select id, array(
       select jsonb_object_keys(latest) union select unnest(metrics) from node_part where node_part.node = node.id order by 1
     ) as metrics, units || ${unitsOfParts} as units
     from node where node_id = $1`,
    [nodeId],
  )
  return rows.map(({ id, metrics, units }) => ({ id, metrics, units: Units.parse(units) }))[0]
}

/** Later statements of this transaction read the same snapshot, so that rollups and samples fit together. */
export async function beginSnapshot(db: Db, withinMs: number): Promise<void> {
  await db.query('set transaction isolation level repeatable read, read only')
  await db.query(`select set_config('statement_timeout', $1, true)`, [String(withinMs)])
}

/** Time from which samples are complete (epoch ms). */
export async function readSamplesSince(db: Db): Promise<number> {
  const { rows } = await db.query<{ at: number }>(
    'select extract(epoch from at)::float8 * 1000 as at from samples_since',
  )
  return rows[0]?.at ?? -Infinity
}

/** Minutes in the range that are not rolled up yet: of one node, or of any. */
export async function readDue(db: Db, node: number | null, { from, to }: TimeRange): Promise<TimeRange[]> {
  const { rows } = await db.query<{ from: number; to: number }>(
    `select distinct extract(epoch from since)::float8 * 1000 as from, extract(epoch from until)::float8 * 1000 as to
     from rollup_due
     where since < to_timestamp($2::float8 / 1000) and until > to_timestamp($1::float8 / 1000) and ($3::int is null or $3 = any(nodes))
     order by 1, 2 limit $4`,
    [from, to, node, dueAtMost],
  )
  return rows
}

/** Metrics of each layout that has some of these. All nodes of a program share its layouts, but each disk has its own. */
export async function readLayouts(db: Db, metrics: readonly string[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const { rows } = await db.query<{ id: number; metrics: string[] }>(
    'select id, metrics from layout where metrics && $1 limit $2',
    [metrics, layoutsAtMost],
  )
  return new Map(rows.map(({ id, metrics }) => [id, metrics]))
}

/** Time (epoch ms) and values of one record, in the order of its layout. */
export interface NodeSample {
  readonly at: number
  readonly layout: number
  readonly values: readonly number[]
}

export interface SampleQuery {
  readonly node: number
  readonly layouts: Iterable<number>
  readonly parts: readonly TimeRange[]
}

/** Samples of one node with these layouts, in any order. */
export async function eachSample(
  db: Db,
  { node, layouts, parts }: SampleQuery,
  take: (sample: NodeSample) => void,
): Promise<void> {
  const ids = [...layouts].join(', ')
  if (parts.length === 0 || ids === '') return
  const ranges = parts.map(({ from, to }) => `(${time(from)}, ${time(to)})`).join(', ')
  const sql = `copy (
    select s.at, s.layout, s.values from (values ${ranges}) as part (since, until)
    cross join lateral (
      select at, layout, values from sample
      where node = ${node} and at >= part.since and at < part.until and layout in (${ids}) offset 0) as s
    ) to stdout (format binary)`
  await eachRow(db, sql, (row) => take({ at: row.time(0), layout: row.integer(1), values: row.doubles(2) }))
}

/** Minute (epoch ms) and statistics of one layout, each list in the order of the layout. */
export interface RollupRow {
  readonly minute: number
  readonly layout: number
  /** Of metric `i`. */
  readonly piece: (i: number) => DownsampledPoint
}

export interface RollupQuery {
  readonly node: number
  readonly layouts: Iterable<number>
  readonly range: TimeRange
}

/** Rollups of one node with these layouts, in any order. The key begins with the minute, so it looks into each. */
export async function eachRollup(
  db: Db,
  { node, layouts, range }: RollupQuery,
  take: (row: RollupRow) => void,
): Promise<void> {
  const ids = [...layouts].join(', ')
  if (ids === '') return
  const sql = `copy (
    select r.minute, r.layout, r.last_at, r.values, r.times
    from (select min(minute) as since, max(minute) as until from rollup_row) as there
    cross join lateral generate_series(greatest(there.since, ${time(ceilMinute(range.from))}),
      least(there.until, ${time(range.to)} - interval '1 microsecond'), interval '1 minute') as listed (minute)
    cross join lateral (
      select minute, layout, last_at, values, times from rollup_row
      where minute = listed.minute and node = ${node} and layout in (${ids}) offset 0) as r
    ) to stdout (format binary)`
  await eachRow(db, sql, (row) => {
    const minute = row.time(0)
    take({ minute, layout: row.integer(1), piece: pieces({ minute, row }) })
  })
}

const ceilMinute = (at: number): number => Math.ceil(at / minuteMs) * minuteMs

/** With one sample in the minute, `values` has one list, else four, and `times` two. */
function pieces({ minute, row }: { readonly minute: number; readonly row: BinaryRow }): RollupRow['piece'] {
  const lastAt = minute + row.integer(2) / 1000
  const values = row.doubles(3)
  const times = row.integers(4)
  if (times.length === 0) {
    return (i) => {
      const value = values[i] as number
      return { minAt: lastAt, min: value, maxAt: lastAt, max: value, lastAt, last: value }
    }
  }
  const width = times.length / 2
  return (i) => ({
    minAt: minute + (times[i] as number) / 1000,
    min: values[width + i] as number,
    maxAt: minute + (times[width + i] as number) / 1000,
    max: values[2 * width + i] as number,
    lastAt,
    last: values[3 * width + i] as number,
  })
}

export interface OldRollupQuery {
  readonly node: number
  readonly metrics: readonly string[]
  readonly range: TimeRange
}

/** Of versions whose rollups have a row for each metric. */
export async function eachOldRollup(
  db: Db,
  { node, metrics, range }: OldRollupQuery,
  take: (metric: string, minute: number, piece: DownsampledPoint) => void,
): Promise<void> {
  if (metrics.length === 0) return
  const sql = `copy (
    select metric, minute, min_at, min, max_at, max, last_at, last from rollup
    where node = ${node} and metric in (${metrics.map(pg.escapeLiteral).join(', ')})
      and minute >= ${time(range.from)} and minute < ${time(range.to)}
    ) to stdout (format binary)`
  await eachRow(db, sql, (row) => {
    const piece = {
      minAt: row.time(2),
      min: row.double(3),
      maxAt: row.time(4),
      max: row.double(5),
      lastAt: row.time(6),
      last: row.double(7),
    }
    take(row.text(0), row.time(1), piece)
  })
}

/** All samples of one metric as JSON, one `{"value":…,"timestamp":…}` per line, oldest first. */
export function copyJson(
  db: Db,
  { node, metric, range }: { readonly node: number; readonly metric: string; readonly range: TimeRange },
): AsyncGenerator<Buffer> {
  const value = `s.values[array_position(l.metrics, ${pg.escapeLiteral(metric)})]`
  return copyOut(
    db,
    `copy (
      select '{"value":' || ${value} || ',"timestamp":"'
        || to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'
      from sample s join layout l on l.id = s.layout
      where s.node = ${node} and s.at >= ${time(range.from)} and s.at < ${time(range.to)}
        and l.metrics @> array[${pg.escapeLiteral(metric)}] and ${value} is not null
      order by s.at
    ) to stdout`,
  )
}

async function eachRow(db: Db, sql: string, take: (row: BinaryRow) => void): Promise<void> {
  const rows = new BinaryRows()
  for await (const chunk of copyOut(db, sql)) rows.push(chunk, take)
}

/** A time in epoch ms as SQL, clamped to PostgreSQL's range. */
export function time(at: number): string {
  if (at <= firstMs) return `'-infinity'::timestamptz`
  if (at >= lastMs) return `'infinity'::timestamptz`
  return `to_timestamp(${at / 1000})`
}

const firstMs = Date.parse('0001-01-01T00:00:00Z')
const lastMs = Date.parse('9999-12-31T00:00:00Z')
