import type { CacheMigration } from '../migrate-cache.ts'

/** State of a backend, and the queue of actions for it. `data` is the JSON of the domain type. */
export const shared: CacheMigration = {
  version: 5,
  name: '0005-shared',
  up: (db) =>
    db.exec(`
      -- rebuildable: read from its topic. Beside the thresholds of this console: the stock ones have the same ids
      CREATE TABLE shared_rule (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (id, version)
      ) STRICT, WITHOUT ROWID;
      -- rebuildable: which version of each official alert was taken in; the alert itself is in its own table
      CREATE TABLE official_alert (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        node_id TEXT NOT NULL,
        metric TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX official_alert_by_series ON official_alert (node_id, metric);
      CREATE INDEX alert_provisional ON alert (id) WHERE json_extract(data, '$.provisional');
      -- rebuildable: offset that a partition was read from for the first time, or after its last gap
      CREATE TABLE partition_begin (
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (topic, partition)
      ) STRICT, WITHOUT ROWID;
      -- owned: done here and not known to the backend. told: it was sent, and what came of it was not read back yet
      CREATE TABLE action (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        alert_id TEXT,
        told INTEGER NOT NULL,
        data TEXT NOT NULL
      ) STRICT;
      CREATE INDEX action_by_alert ON action (alert_id);
    `),
}
