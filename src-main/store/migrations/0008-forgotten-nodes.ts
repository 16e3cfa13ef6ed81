import type { CacheMigration } from '../migrate-cache.ts'

/** Nodes that a person removed from the lists. */
export const forgottenNodes: CacheMigration = {
  version: 8,
  name: '0008-forgotten-nodes',
  up: (db) =>
    db.exec(`
      -- owned: without a backend, a forgotten node exists nowhere else. The newest one of each node
      CREATE TABLE forgotten_node (
        node_id TEXT PRIMARY KEY,
        at REAL NOT NULL,
        data TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `),
}
