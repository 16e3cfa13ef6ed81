import type { Database, Statement } from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { actionCodec } from '#shared/codec/domain-codecs.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { RowReader } from '../row-reader.ts'

/**
 * What operators did and the backend has to hear of. One that was `sent` is not listed any more: it is kept until the
 * backend's own record says what came of it.
 */
export class OperatorActionTable {
  readonly #rows: RowReader
  readonly #add: Statement<[{ id: string; alertId: string | null; data: string }]>
  readonly #change: Statement<[{ id: string; sent: number; data: string }]>
  readonly #one: Statement<[string], string>
  readonly #listed: Statement<[], string>
  readonly #remove: Statement<[string]>
  readonly #ofAlert: Statement<[string], string>
  readonly #deleteSent: Statement<[string]>
  readonly #reassign: Statement<[{ id: string; newId: string; alertId: string; data: string }]>
  readonly #dropSent: Statement<[]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO operator_action (id, alert_id, sent, data) VALUES (:id, :alertId, 0, :data)',
    )
    this.#change = db.prepare('UPDATE operator_action SET sent = :sent, data = :data WHERE id = :id')
    this.#one = db.prepare<[string], string>('SELECT data FROM operator_action WHERE id = ? AND sent = 0').pluck()
    this.#listed = db.prepare<[], string>('SELECT data FROM operator_action WHERE sent = 0 ORDER BY seq').pluck()
    this.#remove = db.prepare('DELETE FROM operator_action WHERE id = ?')
    this.#ofAlert = db.prepare<[string], string>('SELECT data FROM operator_action WHERE alert_id = ?').pluck()
    this.#deleteSent = db.prepare('DELETE FROM operator_action WHERE alert_id = ? AND sent = 1')
    this.#reassign = db.prepare(
      'UPDATE operator_action SET id = :newId, alert_id = :alertId, data = :data WHERE id = :id',
    )
    this.#dropSent = db.prepare('DELETE FROM operator_action WHERE sent = 1 AND alert_id NOT IN (SELECT id FROM alert)')
  }

  /** Adding it again changes nothing. */
  add(action: OperatorAction): void {
    const alertId = action.change.kind === 'acknowledge' ? action.change.alertId : null
    this.#add.run({ id: action.id, alertId, data: actionCodec.stringify(action) })
  }

  save(action: OperatorAction, sent: boolean): void {
    this.#change.run({ id: action.id, sent: sent ? 1 : 0, data: actionCodec.stringify(action) })
  }

  get(id: string): OperatorAction | undefined {
    const data = this.#one.get(id)
    return data === undefined ? undefined : this.#rows.one('operator_action', actionCodec, data)
  }

  /** Oldest first. */
  all(): OperatorAction[] {
    return this.#rows.all('operator_action', actionCodec, this.#listed.all())
  }

  remove(id: string): void {
    this.#remove.run(id)
  }

  /** Those on one alert, told ones included. */
  ofAlert(alertId: string): OperatorAction[] {
    return this.#rows.all('operator_action', actionCodec, this.#ofAlert.all(alertId))
  }

  /** The backend's own record has told what came of the acknowledgement. */
  deleteSent(alertId: string): void {
    this.#deleteSent.run(alertId)
  }

  /** The alert has another id than was thought. As a key for the backend the action's own id may be used up. */
  reassign(from: string, to: string): void {
    for (const action of this.ofAlert(from)) {
      if (action.change.kind !== 'acknowledge') continue
      const moved: OperatorAction = { ...action, id: randomUUID(), change: { ...action.change, alertId: to } }
      this.#reassign.run({ id: action.id, newId: moved.id, alertId: to, data: actionCodec.stringify(moved) })
    }
  }

  dropSent(): void {
    this.#dropSent.run()
  }
}
