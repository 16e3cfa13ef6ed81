import Database from 'better-sqlite3'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FileSizes } from '../threads/cache-usage.ts'
import { StoreError } from './errors.ts'

/** Earlier versions can lose commits when two connections run a checkpoint: https://sqlite.org/wal.html#walresetbug */
const oldestSqlite = [3, 51, 3] as const
/** Bytes. A longer write-ahead log is reset. */
export const longestWal = 64 * 1024 * 1024
/** Bytes, for new files. Chunks are as long as it needs to leave little of a page unused. */
export const pageSize = 4096
/** Pages of the log between two checkpoints: 32 MB. The default of 1000 syncs too often under full load. */
export const checkpointPages = 4096

export const databaseName = 'remo.sqlite'

export function databasePath(dir: string): string {
  return join(dir, databaseName)
}

/**
 * The one connection that writes. A crash of the process loses nothing. A power cut may undo the newest commits as a
 * whole; Kafka delivers their records again, because each commit includes its positions.
 */
export function openWriter(path: string): Database.Database {
  const db = new Database(path, { timeout: 5000 })
  try {
    requireSqlite(db)
    db.pragma(`page_size = ${pageSize}`)
    // For new files, and only before anything is written. See file-space.ts.
    db.pragma('auto_vacuum = INCREMENTAL')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
    db.pragma(`journal_size_limit = ${longestWal}`)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** A read-only connection next to the writer. Throws when the database does not exist yet. */
export function openReader(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 })
  requireSqlite(db)
  return db
}

export function fileSizes(db: Database.Database): FileSizes {
  const [pages = 0, free = 0, size = 0] = ['page_count', 'freelist_count', 'page_size'].map(
    (name) => db.pragma(name, { simple: true }) as number,
  )
  const wal = bytesOf(`${db.name}-wal`)
  return { data: (pages - free) * size, free: free * size, wal, onDisk: bytesOf(db.name) + wal }
}

function bytesOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}

function requireSqlite(db: Database.Database): void {
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? ''
  const parts = version.split('.').map(Number)
  const difference = oldestSqlite.map((part, i) => (parts[i] ?? 0) - part).find((d) => d !== 0) ?? 0
  if (difference < 0) throw new StoreError(`SQLite ${version} is older than ${oldestSqlite.join('.')}`)
}
