import type { Database, Statement } from 'better-sqlite3'
import type { ShownReport } from '../../threads/data-calls.ts'

/** Alerts that this console showed, until the backend has accepted that. One row for an alert and severity. */
export class ShownReportTable {
  readonly #add: Statement<[ShownReport]>
  readonly #addAgain: Statement<[string]>
  readonly #oldest: Statement<[number], ShownReport>
  readonly #accepted: Statement<[ShownReport]>
  readonly #remove: Statement<[string]>
  readonly #clear: Statement<[]>
  readonly #dropBefore: Statement<[number]>

  constructor(db: Database) {
    this.#add = db.prepare(
      `INSERT INTO shown_report VALUES (:alertId, :severity, :at)
       ON CONFLICT (alert_id, severity) DO UPDATE SET at = :at`,
    )
    this.#addAgain = db.prepare(
      `INSERT OR REPLACE INTO shown_report
       SELECT alert_id, json_extract(data, '$.severity'), max(at) FROM alert_event
       WHERE alert_id = ? AND kind = 'notified' AND json_valid(data)
         AND json_extract(data, '$.severity') IN ('warning', 'critical')
         AND coalesce(json_extract(data, '$.as'), '') <> 'resolved' GROUP BY 2`,
    )
    this.#oldest = db.prepare(
      'SELECT alert_id AS alertId, severity, at FROM shown_report ORDER BY at, alert_id, severity LIMIT ?',
    )
    // Shown once more since then: that is another report.
    this.#accepted = db.prepare(
      'DELETE FROM shown_report WHERE alert_id = :alertId AND severity = :severity AND at = :at',
    )
    this.#remove = db.prepare('DELETE FROM shown_report WHERE alert_id = ?')
    this.#clear = db.prepare('DELETE FROM shown_report')
    this.#dropBefore = db.prepare('DELETE FROM shown_report WHERE at < ?')
  }

  add(report: ShownReport): void {
    this.#add.run(report)
  }

  /** The alert has another id now: adds what its timeline says. The backend cannot know what was said of the old id. */
  addAgain(alertId: string): void {
    this.#addAgain.run(alertId)
  }

  oldest(limit: number): ShownReport[] {
    return this.#oldest.all(limit)
  }

  accepted(reports: readonly ShownReport[]): void {
    for (const report of reports) this.#accepted.run(report)
  }

  remove(alertId: string): void {
    this.#remove.run(alertId)
  }

  clear(): void {
    this.#clear.run()
  }

  /** `at`: epoch ms. */
  dropBefore(at: number): void {
    this.#dropBefore.run(at)
  }
}
