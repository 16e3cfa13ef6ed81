import type { Database } from 'better-sqlite3'
import { DatabaseTooNewError, StoreError } from './errors.ts'

/**
 * One step of the format. A comment in the SQL marks each table as `rebuildable` (Kafka delivers its rows again, so a
 * migration may drop it) or `owned` (its rows exist nowhere else, so migrations carry them over).
 */
export interface CacheMigration {
  readonly version: number
  readonly name: string
  readonly up: (db: Database) => void
}

/** One transaction per version: a crash leaves the last complete version. Runs before any reader opens. */
export function migrateCache(db: Database, migrations: readonly CacheMigration[]): void {
  const from = db.pragma('user_version', { simple: true }) as number
  if (from > migrations.length) throw new DatabaseTooNewError(from, migrations.length)
  migrations.forEach(({ version, name, up }, index) => {
    if (version !== index + 1) throw new StoreError(`migration ${name}: version ${version}, expected ${index + 1}`)
    if (version <= from) return
    db.transaction(() => {
      up(db)
      db.pragma(`user_version = ${version}`)
    }).immediate()
  })
}
