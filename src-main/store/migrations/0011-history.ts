import type { CacheMigration } from '../migrate-cache.ts'

/**
 * What the history of alerts is searched by. Rows are narrow and in the order of the history, so that a filter that
 * few alerts match reads all of them in some milliseconds; what alerts have in common is in a row of their series.
 */
export const history: CacheMigration = {
  version: 11,
  name: '0011-history',
  up: (db) =>
    db.exec(`
      -- rebuildable: from the alerts. search: the words of all alerts of the series, in lower case
      CREATE TABLE history_series (
        no INTEGER PRIMARY KEY,
        node_id TEXT NOT NULL,
        node_name TEXT NOT NULL,
        metric TEXT NOT NULL,
        kind TEXT NOT NULL,
        rule_id TEXT NOT NULL,
        search TEXT NOT NULL,
        UNIQUE (node_id, node_name, metric, kind, rule_id)
      ) STRICT;
      -- rebuildable: from the alerts and their events. critical: at any time. comments: with people, in lower case
      CREATE TABLE alert_history (
        opened_at REAL NOT NULL,
        id TEXT NOT NULL,
        series INTEGER NOT NULL,
        firing INTEGER NOT NULL,
        critical INTEGER NOT NULL,
        flapped INTEGER NOT NULL,
        silenced INTEGER NOT NULL,
        resolved_at REAL,
        acknowledged_at REAL,
        comments TEXT NOT NULL,
        PRIMARY KEY (opened_at, id)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX alert_history_by_id ON alert_history (id);
      CREATE INDEX alert_history_by_series ON alert_history (series, opened_at, id);
      CREATE INDEX alert_history_firing ON alert_history (opened_at, id) WHERE firing = 1;
      CREATE INDEX alert_history_flapped ON alert_history (opened_at, id) WHERE flapped = 1;
      CREATE INDEX alert_history_silenced ON alert_history (opened_at, id) WHERE silenced = 1;
      -- owned: when monitoring was blind. to_at is NULL while it lasts
      CREATE TABLE blind_period (
        from_at REAL PRIMARY KEY,
        to_at REAL,
        cause TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `),
}
