import type { CacheMigration } from '../migrate-cache.ts'

/** Alerts that fired, and that nobody has looked at on this console. */
export const unseen: CacheMigration = {
  version: 12,
  name: '0012-unseen',
  up: (db) =>
    db.exec(`
      -- owned: nobody else knows what was looked at here. opened_at: event time
      CREATE TABLE unseen (
        alert_id TEXT PRIMARY KEY,
        opened_at REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
    `),
}
