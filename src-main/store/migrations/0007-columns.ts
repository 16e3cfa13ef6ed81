import type { CacheMigration } from '../migrate-cache.ts'

/**
 * From here on, journal and chunks have blobs of format 2, which older versions would take for damage. The new number
 * makes them refuse the file instead.
 */
export const columns: CacheMigration = {
  version: 7,
  name: '0007-columns',
  up: (db) =>
    db.exec(`
      -- rebuildable: a node's records in no chunk, up to this place of the journal, which then need not have them
      CREATE TABLE head (
        node INTEGER PRIMARY KEY,
        passed_seq INTEGER NOT NULL,
        passed_index INTEGER NOT NULL,
        data BLOB NOT NULL
      ) STRICT;
    `),
}
