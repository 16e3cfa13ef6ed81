import type { Database, Statement } from 'better-sqlite3'
import type { NodeAlert } from '#shared/alert/alert.ts'
import { alertCodec } from '#shared/codec/domain-codecs.ts'
import type { RowReader } from '../row-reader.ts'

/** An alert that the backend has published, and the version that this console applied last. */
export interface OfficialAlert {
  readonly id: string
  readonly version: number
  readonly nodeId: string
  readonly metric: string
  /** Not stored. */
  readonly isAcknowledged: boolean
  /** The alert of that record if it fires there. Not stored. */
  readonly firing?: NodeAlert | undefined
}

/** Versions of the alerts that the backend has published. The alerts themselves are in the alert table. */
export class OfficialAlertTable {
  readonly #rows: RowReader
  readonly #save: Statement<[Omit<OfficialAlert, 'isAcknowledged' | 'firing'>]>
  readonly #version: Statement<[string], number>
  readonly #ids: Statement<[], string>
  readonly #ofSeries: Statement<[string, string], string>
  readonly #forget: Statement<[string]>
  readonly #dropOrphans: Statement<[]>
  readonly #clear: Statement<[]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#save = db.prepare(
      `INSERT INTO official_alert VALUES (:id, :version, :nodeId, :metric)
       ON CONFLICT (id) DO UPDATE SET version = :version`,
    )
    this.#version = db.prepare<[string], number>('SELECT version FROM official_alert WHERE id = ?').pluck()
    this.#ids = db.prepare<[], string>('SELECT id FROM official_alert').pluck()
    this.#ofSeries = db
      .prepare<[string, string], string>(
        `SELECT data FROM official_alert JOIN alert ON alert.id = official_alert.id
         WHERE node_id = ? AND metric = ? ORDER BY opened_at DESC LIMIT 100`,
      )
      .pluck()
    this.#forget = db.prepare('DELETE FROM official_alert WHERE id = ?')
    this.#dropOrphans = db.prepare('DELETE FROM official_alert WHERE id NOT IN (SELECT id FROM alert)')
    this.#clear = db.prepare('DELETE FROM official_alert')
  }

  save(official: OfficialAlert): void {
    const { id, version, nodeId, metric } = official
    this.#save.run({ id, version, nodeId, metric })
  }

  version(alertId: string): number | undefined {
    return this.#version.get(alertId)
  }

  ids(): string[] {
    return this.#ids.all()
  }

  /** The newest 100 alerts of one series that the backend has published, newest first. */
  ofSeries(nodeId: string, metric: string): NodeAlert[] {
    return this.#rows.all('alert', alertCodec, this.#ofSeries.all(nodeId, metric))
  }

  forget(alertId: string): void {
    this.#forget.run(alertId)
  }

  dropOrphans(): void {
    this.#dropOrphans.run()
  }

  clear(): void {
    this.#clear.run()
  }
}
