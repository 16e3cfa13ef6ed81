import type { CacheMigration } from '../migrate-cache.ts'

/**
 * From here on, journal and chunks have blobs of format 2, which older versions would take for damage. The new number
 * makes them refuse the file instead. `merged` is for chunks that are merged into larger ones.
 */
export const columns: CacheMigration = {
  version: 7,
  name: '0007-columns',
  up: (db) =>
    db.exec(`
      -- rebuildable, as the table: the first chunk that is not merged yet
      ALTER TABLE node ADD COLUMN merged INTEGER NOT NULL DEFAULT 0;
    `),
}
