import type { CacheMigration } from '../migrate-cache.ts'

/** Read positions, gaps and rejected records. */
export const stream: CacheMigration = {
  version: 2,
  name: '0002-stream',
  up: (db) =>
    db.exec(`
      -- rebuildable: goes with the samples; without it a topic is read from its beginning
      CREATE TABLE position (
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        next INTEGER NOT NULL,
        last_timestamp REAL,
        last_hash TEXT,
        PRIMARY KEY (topic, partition)
      ) STRICT, WITHOUT ROWID;
      -- owned
      CREATE TABLE gap (
        seq INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        from_offset INTEGER NOT NULL,
        to_offset INTEGER NOT NULL,
        reason TEXT NOT NULL,
        at REAL NOT NULL
      ) STRICT;
      -- owned: a ring of the newest. The time is part of the key, since a topic made anew counts from 0 again
      CREATE TABLE reject (
        seq INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        position INTEGER NOT NULL,
        at REAL NOT NULL,
        code TEXT NOT NULL,
        reason TEXT NOT NULL,
        head BLOB NOT NULL,
        UNIQUE (topic, partition, position, at)
      ) STRICT;
    `),
}
