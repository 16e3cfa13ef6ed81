import type { CacheMigration } from '../migrate-cache.ts'

/** Alerts that this console showed, and that the backend does not know of yet. */
export const shownReports: CacheMigration = {
  version: 13,
  name: '0013-shown-reports',
  up: (db) =>
    db.exec(`
      -- rebuildable: what fires is read again, and shown again. at: epoch ms
      CREATE TABLE shown_report (
        alert_id TEXT NOT NULL,
        severity TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (alert_id, severity)
      ) STRICT, WITHOUT ROWID;
    `),
}
