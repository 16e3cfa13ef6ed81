import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One file of `migrations/`. Its number is the schema version it creates. */
export interface Migration {
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file. */
  readonly hash: string
  /**
   * Replicas whose newest migration is this one or a later one can work on a database that has this migration. If it is
   * the migration's own number, replicas of the version before must stop first.
   */
  readonly replicasSince: number
}

const folder = join(import.meta.dirname, 'migrations')
const statement = /^-- replicas-since: (\d{4})$/m

/** All migrations of this code, oldest first. */
export function readMigrations(): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => migrationOf(name, readFileSync(join(folder, name), 'utf8')))
}

/**
 * Parses a migration file. The line `-- replicas-since: 0004` says which replicas can work with it. Without that line,
 * only replicas that know the migration can.
 * @throws Error if the line names a later migration
 */
export function migrationOf(name: string, sql: string): Migration {
  const own = numberOf(name)
  const replicasSince = Number(statement.exec(sql)?.[1] ?? own)
  if (replicasSince > own) throw new Error(`${name}: replicas-since names a later migration than its own.`)
  return { name, sql, hash: createHash('sha256').update(sql).digest('hex'), replicasSince }
}

/** Read once at start: files that are replaced while the process runs belong to another version. */
export const knownMigrations: readonly Migration[] = readMigrations()

/** 4 for `0004_throttling.sql`. */
export function numberOf(name: string): number {
  return Number.parseInt(name, 10)
}
