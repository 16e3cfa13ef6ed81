import type { CacheMigration } from '../migrate-cache.ts'

/** Silences and maintenance windows. */
export const silences: CacheMigration = {
  version: 10,
  name: '0010-silences',
  up: (db) =>
    db.exec(`
      -- version: of the newest record; 0 after the log of the backend began anew. ends_at: epoch ms, or null.
      -- What this console changed since is in operator_action
      -- owned: without a backend, a silence exists nowhere else
      CREATE TABLE silence (
        id TEXT NOT NULL,
        is_team INTEGER NOT NULL,
        version INTEGER NOT NULL,
        ends_at REAL,
        data TEXT NOT NULL,
        PRIMARY KEY (id, is_team)
      ) STRICT, WITHOUT ROWID;
    `),
}
