import { deleteOldAlerts } from '../alerts/service.ts'
import { deleteGoneConsoles, deleteOldShown } from '../consoles/service.ts'
import { deleteOldParts } from '../nodes/old-parts.ts'
import { deleteOldForgotten } from '../nodes/forget-node.ts'
import { deleteOldMessages } from '../second-channel/service.ts'
import { deleteOldSilences } from '../silences/service.ts'
import type { Db } from '../db/db.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { floorDay, type TablePartition, partitionNamed } from './table-partitions.ts'

export interface Retention {
  readonly rawDays: number
  readonly rollupDays: number
  readonly alertDays: number
  /** Changes made by people, and gaps. */
  readonly auditDays: number
}

/** Runs one step in its own transaction. */
export type InTx = <T>(run: (db: Db) => Promise<T>) => Promise<T>

const rejectedDays = 14
/** A console may send an action for 7 days, again if the response was lost. One day more. */
const idempotencyDays = 8
const alertsAtOnce = 500
const rowsAtOnce = 10_000
const partitionsAtMost = 10_000
/** Readers and writers wait for this lock at most this long. The next round tries again. */
const lockWithinMs = 1_000

/**
 * Deletes everything that is past its retention. A step that fails does not stop the others.
 * @throws the error of the first step that failed, after the last step
 */
export async function deleteExpired(inTx: InTx, retention: Retention, now: number): Promise<void> {
  const steps = [
    () => dropSampleDays(inTx, floorDay(now) - retention.rawDays * dayMs),
    // Rollups of samples that still exist would be created again.
    () => dropRollupMonths(inTx, now - Math.max(retention.rollupDays, retention.rawDays + 31) * dayMs),
    () => deleteAlerts(inTx, now - retention.alertDays * dayMs),
    () => deleteForgottenNodes(inTx, now - retention.alertDays * dayMs),
    () => deleteSilences(inTx, now - retention.alertDays * dayMs),
    () => repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteGoneConsoles(db, rowsAtOnce))),
    () => repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteOldShown(db, rowsAtOnce))),
    () => repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteOldMessages(db, rowsAtOnce))),
    () => deleteParts(inTx, now - retention.rawDays * dayMs),
    () => deleteRows(inTx, 'audit', now - retention.auditDays * dayMs),
    () => deleteRows(inTx, 'stream_gap', now - retention.auditDays * dayMs),
    ...expiredRows.map((sql) => () => repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteSome(db, sql, now)))),
  ]
  const errors: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => errors.push(error))
  if (errors.length > 0) throw errors[0]
}

async function dropSampleDays(inTx: InTx, before: number): Promise<void> {
  for (const partition of await inTx((db) => partitionsBefore(db, 'sample', before))) {
    if (!(await inTx((db) => dropSamples(db, partition)))) break
  }
}

async function dropRollupMonths(inTx: InTx, before: number): Promise<void> {
  for (const parent of ['rollup_row', 'rollup'] as const) {
    for (const partition of await inTx((db) => partitionsBefore(db, parent, before))) {
      await inTx((db) => dropPartition(db, partition))
    }
  }
}

function deleteAlerts(inTx: InTx, before: number): Promise<void> {
  return repeatWhileFull(alertsAtOnce, () => inTx((db) => deleteOldAlerts(db, { before, limit: alertsAtOnce })))
}

function deleteForgottenNodes(inTx: InTx, before: number): Promise<void> {
  return repeatWhileFull(alertsAtOnce, () => inTx((db) => deleteOldForgotten(db, { before, limit: alertsAtOnce })))
}

function deleteParts(inTx: InTx, before: number): Promise<void> {
  return repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteOldParts(db, { before, limit: rowsAtOnce })))
}

function deleteSilences(inTx: InTx, before: number): Promise<void> {
  return repeatWhileFull(alertsAtOnce, () => inTx((db) => deleteOldSilences(db, { before, limit: alertsAtOnce })))
}

function deleteRows(inTx: InTx, table: 'audit' | 'stream_gap', before: number): Promise<void> {
  const sql = `delete from ${table} where id in (
    select id from ${table} where at < to_timestamp($1) order by id limit $2)`
  return repeatWhileFull(rowsAtOnce, () => inTx((db) => deleteSome(db, sql, before)))
}

/** `$1`: now in seconds; `$2`: maximum number of rows. A family without tokens ended with its last token. */
const expiredRows = [
  `delete from idempotency where (account_id, key) in (
     select account_id, key from idempotency
     where created_at < to_timestamp($1) - interval '${idempotencyDays} days' limit $2)`,
  `delete from refresh_token where hash in (
     select hash from refresh_token where expires_at < to_timestamp($1) limit $2)`,
  `delete from session_family where id in (
     select id from session_family as family
     where created_at < to_timestamp($1) - interval '1 day'
       and not exists (select from refresh_token where family_id = family.id) limit $2)`,
  `delete from rejected where (topic, partition, "offset", at) in (
     select topic, partition, "offset", at from rejected
     where received_at < to_timestamp($1) - interval '${rejectedDays} days' limit $2)`,
  // of parts that are away for so long that no rate follows from them
  `delete from counter where (topic, partition, node, part) in (
     select topic, partition, node, part from counter
     where seen < to_timestamp($1) - interval '${rejectedDays} days' limit $2)`,
  `delete from topic_source where (topic, kind, name) in (
     select topic, kind, name from topic_source
     where last_at < to_timestamp($1) - interval '${rejectedDays} days' limit $2)`,
  // counters of failed sign-ins that are empty again
  `delete from throttle where key in (select key from throttle where expire < $1::float8 * 1000 limit $2)`,
]

async function deleteSome(db: Db, sql: string, now: number): Promise<number> {
  const { rowCount } = await db.query(sql, [now / 1000, rowsAtOnce])
  return rowCount ?? 0
}

async function repeatWhileFull(most: number, deleteMost: () => Promise<number>): Promise<void> {
  while ((await deleteMost()) === most);
}

/** Partitions that end at or before this time, oldest first. */
async function partitionsBefore(db: Db, parent: TablePartition['parent'], before: number): Promise<TablePartition[]> {
  const { rows } = await db.query<{ name: string }>(
    `select child.relname as name from pg_inherits join pg_class as child on child.oid = inhrelid
     where inhparent = to_regclass($1) order by child.relname limit $2`,
    [parent, partitionsAtMost],
  )
  const known = rows.map(({ name }) => partitionNamed(name)).filter((partition) => partition !== undefined)
  return known.filter(({ to }) => to <= before)
}

/**
 * Drops a day of samples, unless a part of it is not rolled up yet. The lock keeps writers out, so all their rows are
 * visible.
 * @returns whether it was dropped; if not, this day and later ones wait for the next round
 */
async function dropSamples(db: Db, partition: TablePartition): Promise<boolean> {
  await limitLocks(db)
  await db.query('lock table sample in access exclusive mode')
  const { rowCount } = await db.query(
    `select from rollup_due where since < to_timestamp($1::float8 / 1000) and until > to_timestamp($2::float8 / 1000) limit 1`,
    [partition.to, partition.from],
  )
  if (rowCount !== 0) return false
  await moveSamplesSince(db, partition.to)
  await db.query(`drop table ${partition.name}`)
  return true
}

async function dropPartition(db: Db, { name }: TablePartition): Promise<void> {
  await limitLocks(db)
  await db.query(`drop table ${name}`)
}

/** Never moves back. */
async function moveSamplesSince(db: Db, at: number): Promise<void> {
  await db.query(
    `insert into samples_since (at) values (to_timestamp($1::float8 / 1000))
     on conflict (singleton) do update set at = greatest(samples_since.at, excluded.at)`,
    [at],
  )
}

async function limitLocks(db: Db): Promise<void> {
  await db.query(`select set_config('lock_timeout', $1, true)`, [String(lockWithinMs)])
}
