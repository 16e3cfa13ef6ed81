import type { CacheMigration } from '../migrate-cache.ts'

/** Renames to the words of the glossary, and records of the backend that need a newer ReMo. */
export const team: CacheMigration = {
  version: 6,
  name: '0006-team',
  up: (db) =>
    db.exec(`
      ALTER TABLE shared_rule RENAME TO team_rule;
      ALTER TABLE partition_begin RENAME TO partition_start;
      ALTER TABLE partition_start RENAME COLUMN position TO first_offset;
      ALTER TABLE action RENAME TO operator_action;
      ALTER TABLE operator_action RENAME COLUMN told TO sent;
      DROP INDEX action_by_alert;
      CREATE INDEX operator_action_by_alert ON operator_action (alert_id);
      ALTER TABLE reject RENAME TO rejected_record;
      ALTER TABLE rejected_record RENAME COLUMN position TO record_offset;
      ALTER TABLE rejected_record RENAME COLUMN head TO first_bytes;
      -- rebuildable: goes with the positions, behind which Kafka does not deliver again. The newest record of each key
      CREATE TABLE deferred_record (
        seq INTEGER PRIMARY KEY,
        about TEXT NOT NULL,
        topic TEXT NOT NULL,
        key TEXT NOT NULL,
        version INTEGER,
        needs INTEGER NOT NULL,
        needs_version TEXT,
        partition INTEGER NOT NULL,
        record_offset INTEGER NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        UNIQUE (about, key)
      ) STRICT;
    `),
}
