import type { CacheMigration } from '../migrate-cache.ts'

/** Thresholds, alerts and notifications. `data` is the JSON of the domain type. */
export const alerts: CacheMigration = {
  version: 3,
  name: '0003-alerts',
  up: (db) =>
    db.exec(`
      -- rebuildable: evaluation starts anew without it
      CREATE TABLE series (
        node INTEGER NOT NULL,
        metric INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (node, metric)
      ) STRICT, WITHOUT ROWID;
      -- owned: acknowledgements are in it
      CREATE TABLE alert (
        id TEXT PRIMARY KEY,
        phase TEXT NOT NULL,
        opened_at REAL NOT NULL,
        data TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX alert_by_phase ON alert (phase, opened_at);
      -- owned
      CREATE TABLE alert_event (
        seq INTEGER PRIMARY KEY,
        alert_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        at REAL NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (alert_id, kind, at)
      ) STRICT;
      CREATE INDEX alert_event_by_time ON alert_event (at);
      -- owned: shown is NULL while it is owed
      CREATE TABLE notification (
        alert_id TEXT NOT NULL,
        transition TEXT NOT NULL,
        shown INTEGER,
        PRIMARY KEY (alert_id, transition)
      ) STRICT, WITHOUT ROWID;
      -- owned
      CREATE TABLE rule (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (id, version)
      ) STRICT, WITHOUT ROWID;
    `),
}
