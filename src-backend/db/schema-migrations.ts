import type { Db, Pool } from './db.ts'
import { knownMigrations, type Migration, numberOf } from './migrations.ts'
import { holdSchemaAlone } from './schema-lock.ts'
import { namesOf, readApplied, type SchemaState, schemaState } from './schema.ts'
import { withTx } from './tx.ts'

export { readMigrations } from './migrations.ts'

/** Progress of a migration run. */
export interface MigrationProgress {
  /** `stopsReplicas`: replicas of the previous version cannot work with it. */
  readonly applying: (migration: Migration, stopsReplicas: boolean) => void
  /** The database has migrations of a newer backend. They are left alone. */
  readonly newer: (names: readonly string[]) => void
}

const noProgress: MigrationProgress = { applying: () => undefined, newer: () => undefined }

/**
 * Brings the database up to date. Any number of processes may run it at the same time.
 * @returns the names of the applied migrations
 * @throws SchemaTooNewError if a newer backend migrated the database and this version cannot work with it
 */
export async function migrateSchema(
  pool: Pool,
  all: readonly Migration[] = knownMigrations,
  progress: MigrationProgress = noProgress,
): Promise<string[]> {
  const names: string[] = []
  const run: Run = { all, progress, level: undefined }
  for (;;) {
    const name = await withTx(pool, (db) => applyNext(db, run))
    if (name === undefined) return names
    names.push(name)
  }
}

/**
 * Whether this code can work with the database.
 * @returns the names of a newer backend's migrations that this version can work with
 * @throws SchemaTooNewError if it cannot
 * @throws Error if the database lacks a migration, or other code created it
 */
export async function checkSchema(db: Db, all: readonly Migration[] = knownMigrations): Promise<readonly string[]> {
  const { pending, newer } = await readState(db, all)
  if (pending.length > 0) {
    throw new Error(`The database lacks ${namesOf(pending)}: run node src-backend/migrate.ts first.`)
  }
  return newer.map(({ name }) => name)
}

/** A migration to apply. */
export interface Planned {
  readonly migration: string
  /** Replicas that serve this database now cannot work with it. */
  readonly stopsReplicas: boolean
}

/** What `migrateSchema` would do, without doing it. Throws as `migrateSchema` does. */
export async function planMigration(db: Db, all: readonly Migration[] = knownMigrations): Promise<readonly Planned[]> {
  const { pending } = await readState(db, all)
  const level = numberOf(all[all.length - pending.length - 1]?.name ?? '0')
  return pending.map((next) => ({ migration: next.name, stopsReplicas: stopsReplicas(next, level) }))
}

/** `level`: number of the newest migration that running replicas know; 0: a new database. */
function stopsReplicas({ replicasSince }: Migration, level: number): boolean {
  return level > 0 && replicasSince > level
}

async function readState(db: Db, all: readonly Migration[]): Promise<SchemaState> {
  const { rows } = await db.query<{ there: boolean }>(`select to_regclass('migration') is not null as there`)
  return schemaState(all, rows[0]?.there === true ? await readApplied(db) : [])
}

interface Run {
  readonly all: readonly Migration[]
  readonly progress: MigrationProgress
  /** Number of the newest migration before this run; 0: a new database, which has no replicas. */
  level: number | undefined
}

async function applyNext(db: Db, run: Run): Promise<string | undefined> {
  await db.query('set local statement_timeout = 0')
  await holdSchemaAlone(db)
  await db.query(
    `create table if not exists migration (
      name text primary key, hash text not null, applied_at timestamptz not null default now())`,
  )
  await db.query('alter table migration add column if not exists replicas_since integer')
  const applied = await readApplied(db)
  const { pending, newer } = schemaState(run.all, applied)
  run.level ??= numberOf(applied.at(-1)?.name ?? '0')
  const next = pending[0]
  if (!next) {
    if (newer.length > 0) run.progress.newer(newer.map(({ name }) => name))
    return undefined
  }
  run.progress.applying(next, stopsReplicas(next, run.level))
  await db.query(next.sql)
  await db.query('insert into migration (name, hash, replicas_since) values ($1, $2, $3)', [
    next.name,
    next.hash,
    next.replicasSince,
  ])
  return next.name
}
