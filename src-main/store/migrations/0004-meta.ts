import type { CacheMigration } from '../migrate-cache.ts'

/** Single values of this installation. */
export const meta: CacheMigration = {
  version: 4,
  name: '0004-meta',
  up: (db) =>
    db.exec(`
      -- owned
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `),
}
