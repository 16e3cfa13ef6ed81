import type { CacheMigration } from '../migrate-cache.ts'

/** How a team reads topics of their own shape. */
export const mappings: CacheMigration = {
  version: 15,
  name: '0015-mappings',
  up: (db) =>
    db.exec(`
      -- version: of the newest record; 0 after the log of the backend began anew
      -- rebuildable: the newest record of each topic is in Kafka; those of a console itself are in its settings
      CREATE TABLE mapping (
        topic TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        data TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `),
}
