import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db, Pool } from './db.ts'
import { withTx } from './tx.ts'

export interface Migration {
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file. */
  readonly hash: string
}

export interface Applied {
  readonly name: string
  readonly hash: string
}

/** Any number, the same in every replica. */
const lock = 7_272_737_669

const folder = join(import.meta.dirname, 'migrations')

/** All migrations of this code, oldest first. */
export function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8')
    return { name, sql, hash: createHash('sha256').update(sql).digest('hex') }
  })
}

/**
 * What is still to be applied.
 * @throws Error when the database is newer than this code, or was made by another version of an applied file
 */
export function pendingMigrations(all: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  for (const [i, { name, hash }] of applied.entries()) {
    const ours = all[i]
    if (ours === undefined || ours.name !== name) {
      throw new Error(`The database is newer than this backend: it has ${name}. Run that version or a newer one.`)
    }
    if (ours.hash !== hash)
      throw new Error(`${name} was changed after it was applied. A change belongs in a new migration.`)
  }
  return all.slice(applied.length)
}

/** Brings the database up to date; the names of what was applied. Any number of processes may do it at once. */
export async function migrate(pool: Pool, all: readonly Migration[] = readMigrations()): Promise<string[]> {
  const names: string[] = []
  for (;;) {
    const name = await withTx(pool, (db) => applyNext(db, all))
    if (name === undefined) return names
    names.push(name)
  }
}

/** @throws Error unless the database is exactly as this code expects it */
export async function checkSchema(db: Db, all: readonly Migration[] = readMigrations()): Promise<void> {
  const { rows } = await db.query<{ there: boolean }>(`select to_regclass('migration') is not null as there`)
  const applied = rows[0]?.there === true ? await readApplied(db) : []
  const missing = pendingMigrations(all, applied)
  if (missing.length > 0) {
    throw new Error(
      `The database lacks ${missing.map(({ name }) => name).join(', ')}: run node src-backend/migrate.ts first.`,
    )
  }
}

async function applyNext(db: Db, all: readonly Migration[]): Promise<string | undefined> {
  await db.query('select pg_advisory_xact_lock($1)', [lock])
  await db.query('set local statement_timeout = 0')
  await db.query(
    `create table if not exists migration (
      name text primary key, hash text not null, applied_at timestamptz not null default now())`,
  )
  const next = pendingMigrations(all, await readApplied(db))[0]
  if (!next) return undefined
  await db.query(next.sql)
  await db.query('insert into migration (name, hash) values ($1, $2)', [next.name, next.hash])
  return next.name
}

async function readApplied(db: Db): Promise<Applied[]> {
  const { rows } = await db.query<Applied>('select name, hash from migration order by name limit 10000')
  return rows
}
