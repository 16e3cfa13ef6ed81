/** Data of a ReMo that does not exist yet: what a person has after going back to an older version. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { copyOfCache } from '../compatibility/fixture.ts'

/** Format of the cache, far beyond today's. */
export const newerFormat = 1000

/**
 * Puts a cache of a newer version into the folder, as its crash left it: the format and a table that nobody knows are
 * only in the log.
 */
export function writeNewerCache(folder: string): void {
  const dir = copyOfCache()
  const db = new Database(join(dir, 'remo.sqlite'))
  db.pragma('journal_mode = WAL')
  db.pragma('wal_autocheckpoint = 0')
  db.exec('CREATE TABLE of_a_later_version (a)')
  db.pragma(`user_version = ${newerFormat}`)
  mkdirSync(folder, { recursive: true })
  cpSync(dir, folder, { recursive: true })
  db.close()
}

/** SHA-256 of the files of the cache in the folder, by name. */
export function cacheHashes(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.startsWith('remo.sqlite'))
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(names.sort().map((name) => [name, hash(name)]))
}

/** A data folder with a newer cache. */
export function newerDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'remo-newer-'))
  writeNewerCache(folder)
  return folder
}
