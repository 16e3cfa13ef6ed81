import type { CacheMigration } from '../migrate-cache.ts'

/**
 * Journal, chunks, and the numbers of nodes and metrics. `chunk.id` is node * 2^32 + first second, so a range of one
 * node is a range of the primary key. `data` is the last column, so that the others are read without it.
 */
export const samples: CacheMigration = {
  version: 1,
  name: '0001-samples',
  up: (db) =>
    db.exec(`
      -- rebuildable
      CREATE TABLE node (
        no INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        span INTEGER NOT NULL,
        bump INTEGER NOT NULL,
        chunks INTEGER NOT NULL,
        samples INTEGER NOT NULL,
        passed_seq INTEGER NOT NULL,
        passed_index INTEGER NOT NULL
      ) STRICT;
      -- rebuildable
      CREATE TABLE metric (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT NOT NULL) STRICT;
      -- rebuildable: one row a batch; records that are in no chunk yet, and how far each series was evaluated
      CREATE TABLE journal (seq INTEGER PRIMARY KEY, records BLOB NOT NULL, series BLOB NOT NULL) STRICT;
      -- rebuildable
      CREATE TABLE chunk (
        id INTEGER PRIMARY KEY,
        t1 REAL NOT NULL,
        n INTEGER NOT NULL,
        samples INTEGER NOT NULL,
        data BLOB NOT NULL
      ) STRICT;
    `),
}
