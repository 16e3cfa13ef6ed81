import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { dayPartition, floorDay, monthPartition, type TablePartition } from './table-partitions.ts'

const daysAhead = 3

/**
 * Creates missing partitions for samples of these days (epoch ms, UTC) and for their rollups. Any number of processes
 * may do it at the same time. Readers and writers do not wait.
 */
export async function ensurePartitions(pool: Pool, days: readonly number[]): Promise<void> {
  await withTx(pool, (db) => createPartitions(db, days))
}

async function createPartitions(db: Db, days: readonly number[]): Promise<void> {
  const wanted = days.flatMap((day) => [dayPartition(day), monthPartition(day)])
  const byName = new Map(wanted.map((partition) => [partition.name, partition]))
  if ((await missingOf(db, [...byName.keys()])).length === 0) return
  await db.query(`select pg_advisory_xact_lock(hashtext('remo partitions'))`)
  for (const name of await missingOf(db, [...byName.keys()]))
    await createPartition(db, byName.get(name) as TablePartition)
}

/** From yesterday, for late records, to three days ahead, so that there is time to notice a failing job. */
export async function createPartitionsAhead(
  db: Db,
  { now, rawDays }: { readonly now: number; readonly rawDays: number },
): Promise<void> {
  const today = floorDay(now)
  const days = Array.from({ length: daysAhead + 2 }, (_, i) => today + (i - 1) * dayMs)
  await createPartitions(db, days)
  await db.query('insert into samples_since (at) values (to_timestamp($1::float8 / 1000)) on conflict do nothing', [
    today - rawDays * dayMs,
  ])
}

/** Queries pg_class instead of to_regclass(), whose cache may not have the latest commits. */
async function missingOf(db: Db, names: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
     where name not in (
       select relname::text from pg_class
       where relnamespace = (select relnamespace from pg_class where oid = to_regclass('sample')))
     order by name limit $2`,
    [names, names.length],
  )
  return rows.map(({ name }) => name)
}

/** Creates the table and then attaches it: `partition of` would wait for every reader and writer of the parent. */
async function createPartition(db: Db, { parent, name, from, to }: TablePartition): Promise<void> {
  await db.query(`create table ${name} (like ${parent} including defaults including constraints)`)
  await db.query(`alter table ${parent} attach partition ${name} for values from ('${iso(from)}') to ('${iso(to)}')`)
}

const iso = (at: number): string => new Date(at).toISOString()
