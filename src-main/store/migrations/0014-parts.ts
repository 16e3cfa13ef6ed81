import type { CacheMigration } from '../migrate-cache.ts'

/**
 * Heads and chunks belong to a part of a node: what travels together in a record. All that exists is part '', and keeps
 * its number, which journal, heads and chunks use. The number of a node, as `series` has it, is that of its first part.
 */
export const parts: CacheMigration = {
  version: 14,
  name: '0014-parts',
  up: (db) =>
    db.exec(`
      -- rebuildable: name is that of the node, and only that of its first part counts
      CREATE TABLE part (
        no INTEGER PRIMARY KEY,
        node_id TEXT NOT NULL,
        part TEXT NOT NULL,
        name TEXT NOT NULL,
        span INTEGER NOT NULL,
        bump INTEGER NOT NULL,
        chunks INTEGER NOT NULL,
        samples INTEGER NOT NULL,
        passed_seq INTEGER NOT NULL,
        passed_index INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        UNIQUE (node_id, part)
      ) STRICT;
      INSERT INTO part SELECT no, id, '', name, span, bump, chunks, samples, passed_seq, passed_index, bytes FROM node;
      DROP TABLE node;
      -- rebuildable: the metrics of each part with a name; part '' may have any
      CREATE TABLE part_metric (
        part INTEGER NOT NULL,
        metric INTEGER NOT NULL,
        PRIMARY KEY (part, metric)
      ) STRICT, WITHOUT ROWID;
      -- rebuildable: newest raw values of the counters of a part in one partition, as of a batch of the journal
      CREATE TABLE counter (
        part INTEGER NOT NULL,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (part, topic, partition)
      ) STRICT, WITHOUT ROWID;
    `),
}
