import type { Database } from 'better-sqlite3'
import { unseenFromKey } from './groups/unseen-store.ts'

/** Key of the mark in the table of single values. */
const key = 'cache.clear'

/** Tables that stay: thresholds, queued actions, forgotten nodes, silences, mappings, and single values such as the installation id. */
const kept = new Set(['rule', 'team_rule', 'operator_action', 'forgotten_node', 'silence', 'mapping', 'meta'])

/** Within a transaction: the next opening clears the cache. */
export function wantCleared(db: Database): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, '1')
}

/**
 * Deletes samples, alerts, rejected records, gaps and positions, if that was asked for. It runs at start, because every
 * part of the data thread has some of it in memory. One transaction with the mark: after a crash, it runs again.
 */
export function clearIfWanted(db: Database): void {
  if (db.prepare('SELECT 1 FROM meta WHERE key = ?').get(key) === undefined) return
  const tables = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all()
  db.transaction(() => {
    // Without a condition, SQLite frees the pages of a table without reading its rows one by one.
    for (const table of tables) if (!kept.has(table)) db.exec(`DELETE FROM "${table}"`)
    // The alerts that are read again are no news.
    for (const gone of [key, unseenFromKey]) db.prepare('DELETE FROM meta WHERE key = ?').run(gone)
  }).immediate()
  // Quick, because little is left to copy.
  db.exec('VACUUM')
  db.pragma('wal_checkpoint(TRUNCATE)')
}
