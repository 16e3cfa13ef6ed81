import type { Database, Statement } from 'better-sqlite3'
import { randomUUID } from 'node:crypto'
import { actionCodec } from '#shared/codec/domain-codecs.ts'
import {
  isAlertChange,
  isSilenceChange,
  type OperatorAction,
  type SilenceChange,
  silenceIdOf,
} from '#shared/team/operator-action.ts'
import type { RowReader } from '../row-reader.ts'

/**
 * `sent`: the backend accepted the action in this version of its alert; 1 if the version is unknown, 0 before. Of a
 * silence: one more than its version, which begins with 1.
 */
interface SentAction {
  readonly sent: number
  readonly data: string
}

/** A change of a silence. `version`: the one in which the backend accepted it; absent before. */
export interface SilenceAction extends Pick<OperatorAction, 'user' | 'at' | 'state'> {
  readonly change: SilenceChange
  readonly version?: number
}

/**
 * The queue of actions for the backend. An acknowledgement that was sent, or that was taken back, is no longer listed,
 * but stays until the backend's record shows its result.
 */
export class OperatorActionTable {
  readonly #rows: RowReader
  readonly #add: Statement<[{ id: string; alertId: string | null; data: string }]>
  readonly #change: Statement<[{ id: string; sent: number; data: string }]>
  readonly #one: Statement<[string], string>
  readonly #listed: Statement<[], string>
  readonly #remove: Statement<[string]>
  readonly #ofAlert: Statement<[string], SentAction>
  readonly #deleteSent: Statement<[string]>
  readonly #deleteSentUntil: Statement<[string, number]>
  readonly #forgetVersions: Statement<[]>
  readonly #reassign: Statement<[{ id: string; newId: string; alertId: string; data: string }]>
  readonly #dropSent: Statement<[]>
  readonly #ofSilences: Statement<[], SentAction>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#add = db.prepare(
      'INSERT OR IGNORE INTO operator_action (id, alert_id, sent, data) VALUES (:id, :alertId, 0, :data)',
    )
    this.#change = db.prepare('UPDATE operator_action SET sent = :sent, data = :data WHERE id = :id')
    this.#one = db.prepare<[string], string>('SELECT data FROM operator_action WHERE id = ? AND sent = 0').pluck()
    this.#listed = db.prepare<[], string>('SELECT data FROM operator_action WHERE sent = 0 ORDER BY seq').pluck()
    this.#remove = db.prepare('DELETE FROM operator_action WHERE id = ?')
    this.#ofAlert = db.prepare('SELECT sent, data FROM operator_action WHERE alert_id = ? ORDER BY seq')
    this.#deleteSent = db.prepare('DELETE FROM operator_action WHERE alert_id = ? AND sent = 1')
    this.#deleteSentUntil = db.prepare('DELETE FROM operator_action WHERE alert_id = ? AND sent > 1 AND sent <= ?')
    this.#forgetVersions = db.prepare('UPDATE operator_action SET sent = 1 WHERE sent > 1')
    this.#reassign = db.prepare(
      'UPDATE operator_action SET id = :newId, alert_id = :alertId, data = :data WHERE id = :id',
    )
    this.#dropSent = db.prepare('DELETE FROM operator_action WHERE sent = 1 AND alert_id NOT IN (SELECT id FROM alert)')
    this.#ofSilences = db.prepare(
      `SELECT sent, data FROM operator_action
       WHERE data ->> '$.does.kind' IN ('save-silence', 'expire-silence') ORDER BY seq`,
    )
  }

  /** Adding it again changes nothing. */
  add(action: OperatorAction): void {
    this.#add.run({ id: action.id, alertId: subjectOf(action), data: actionCodec.stringify(action) })
  }

  /** `sent`: see `SentAction`. */
  save(action: OperatorAction, sent: number): void {
    this.#change.run({ id: action.id, sent, data: actionCodec.stringify(action) })
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

  /**
   * Actions on one alert, oldest first, including sent ones.
   * @param version leaves out those whose result this version of the backend's alert shows
   */
  ofAlert(alertId: string, version = 0): OperatorAction[] {
    const open = this.#ofAlert.all(alertId).filter(({ sent }) => sent <= 1 || sent > version)
    return this.#rows.all(
      'operator_action',
      actionCodec,
      open.map(({ data }) => data),
    )
  }

  /** Changes of silences, oldest first, including sent ones. */
  ofSilences(): SilenceAction[] {
    return this.#ofSilences.all().flatMap(({ sent, data }) => {
      const action = this.#rows.one('operator_action', actionCodec, data)
      if (action === undefined || !isSilenceChange(action.change)) return []
      const { user, at, state, change } = action
      return [{ user, at, state, change, ...(sent === 0 ? {} : { version: sent - 1 }) }]
    })
  }

  /** The backend's record of the alert shows the result of the acknowledgements that were sent. */
  deleteSent(alertId: string): void {
    this.#deleteSent.run(alertId)
  }

  /** This version of the backend's alert shows the result of the actions that were sent until then. */
  deleteSentUntil(alertId: string, version: number): void {
    this.#deleteSentUntil.run(alertId, version)
  }

  /** Another database of the backend: its versions start again. */
  forgetVersions(): void {
    this.#forgetVersions.run()
  }

  /**
   * The alert turned out to have another id. Actions get a new id, too: the backend may have answered the old one
   * already, as an idempotency key.
   */
  reassign(from: string, to: string): void {
    for (const action of this.ofAlert(from)) {
      const { change } = action
      if (!isAlertChange(change)) continue
      const moved: OperatorAction = { ...action, id: randomUUID(), change: { ...change, alertId: to } }
      this.#reassign.run({ id: action.id, newId: moved.id, alertId: to, data: actionCodec.stringify(moved) })
    }
  }

  dropSent(): void {
    this.#dropSent.run()
  }
}

/** Alert or silence that the action is about. */
function subjectOf({ change }: OperatorAction): string | null {
  if (isSilenceChange(change)) return silenceIdOf(change)
  return isAlertChange(change) ? change.alertId : null
}
