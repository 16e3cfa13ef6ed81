/** SQL of the job `rollup` on samples and rollups. COPY has no parameters: its text contains only our own numbers. */
import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { BinaryRows } from '../db/binary-rows.ts'
import { copyOut } from '../db/copy-out.ts'
import type { Db } from '../db/db.ts'
import { encodeRollups, rollupColumns, type RollupRow } from './copy-rollups.ts'

/** Of one node. Epoch ms, a whole minute. */
export interface NodeMinute {
  readonly node: number
  readonly minute: number
}

export interface DueSample extends NodeMinute {
  readonly layout: number
  /** Microseconds after the minute. */
  readonly micros: number
  readonly values: readonly number[]
}

/** Statement timeout of this transaction in ms. */
export async function limitStatements(db: Db, withinMs: number): Promise<void> {
  await db.query(`select set_config('statement_timeout', $1, true)`, [String(withinMs)])
}

/** Time from which samples are complete (epoch ms). */
export async function readSamplesSince(db: Db): Promise<number> {
  const { rows } = await db.query<{ at: number }>(
    'select extract(epoch from at)::float8 * 1000 as at from samples_since',
  )
  return rows[0]?.at ?? -Infinity
}

/** The samples of these minutes, in any order. */
export async function eachDueSample(
  db: Db,
  pairs: readonly NodeMinute[],
  take: (sample: DueSample) => void,
): Promise<void> {
  const sql = `copy (
    select due.minute, due.node, record.layout, record.at, record.values
    from (
      select node, to_timestamp(ms / 1000) as minute
      from unnest('{${pairs.map(({ node }) => node).join(',')}}'::int[],
        '{${pairs.map(({ minute }) => minute).join(',')}}'::float8[]) as pair (node, ms) offset 0) as due
    cross join lateral (
      select at, layout, values from sample
      where sample.node = due.node and at >= due.minute and at < due.minute + interval '1 minute' offset 0) as record
    ) to stdout (format binary)`
  const rows = new BinaryRows()
  for await (const chunk of copyOut(db, sql)) {
    rows.push(chunk, (row) => {
      const minute = row.time(0)
      take({
        minute,
        node: row.integer(1),
        layout: row.integer(2),
        micros: Math.round((row.time(3) - minute) * 1000),
        values: row.doubles(4),
      })
    })
  }
}

/** Deletes what earlier runs made of these minutes. Mostly there is nothing: then one look is enough. */
export async function deleteRollups(db: Db, pairs: readonly NodeMinute[]): Promise<void> {
  const byMinute = Map.groupBy(pairs, ({ minute }) => minute)
  const first = Math.min(...byMinute.keys())
  for (const table of ['rollup_row', 'rollup']) {
    const newest = await newestMinute(db, table, first)
    for (const [minute, ofMinute] of byMinute) {
      if (minute > newest) continue
      await db.query(`delete from ${table} where minute = to_timestamp($1::float8 / 1000) and node = any($2::int[])`, [
        minute,
        ofMinute.map(({ node }) => node),
      ])
    }
  }
}

/** Newest minute in a table from `since` on (epoch ms). */
async function newestMinute(db: Db, table: string, since: number): Promise<number> {
  const { rows } = await db.query<{ newest: number | null }>(
    `select extract(epoch from max(minute))::float8 * 1000 as newest
     from ${table} where minute >= to_timestamp($1::float8 / 1000)`,
    [since],
  )
  return rows[0]?.newest ?? -Infinity
}

export async function insertRollups(db: Db, rows: readonly RollupRow[]): Promise<void> {
  const stream = db.query(copyFrom(`copy rollup_row (${rollupColumns}) from stdin with (format binary)`))
  stream.end(encodeRollups(rows))
  await finished(stream)
}
