import type { Database, Statement } from 'better-sqlite3'
import { storedAlertCodec } from '#shared/codec/domain-codecs.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { RowReader } from '../row-reader.ts'

interface Key {
  readonly alertId: string
  readonly transition: string
}

/**
 * Notifications: one per alert and transition, queued until it is shown or dropped. The end of an acknowledgement or of a
 * silence can come again, and an alert can be flapping again after it was steady.
 */
export class NotificationTable {
  readonly #rows: RowReader
  readonly #queue: Statement<[Key]>
  readonly #queueAgain: Statement<[Key]>
  readonly #settle: Statement<[Key & { readonly shown: number }]>
  readonly #queued: Statement<[], { transition: QueuedNotification['transition']; data: string }>
  readonly #drop: Statement<[]>
  readonly #cancel: Statement<[string]>
  readonly #remove: Statement<[string]>
  readonly #reassign: Statement<[{ from: string; to: string }]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#queue = db.prepare('INSERT OR IGNORE INTO notification VALUES (:alertId, :transition, NULL)')
    this.#queueAgain = db.prepare(
      `INSERT INTO notification VALUES (:alertId, :transition, NULL)
       ON CONFLICT (alert_id, transition) DO UPDATE SET shown = NULL`,
    )
    this.#settle = db.prepare(
      `UPDATE notification SET shown = :shown
       WHERE alert_id = :alertId AND transition = :transition AND shown IS NULL`,
    )
    this.#queued = db.prepare(
      `SELECT transition, data FROM notification JOIN alert ON alert.id = notification.alert_id
       WHERE shown IS NULL ORDER BY opened_at`,
    )
    this.#drop = db.prepare('DELETE FROM notification WHERE alert_id NOT IN (SELECT id FROM alert)')
    this.#cancel = db.prepare('UPDATE notification SET shown = 0 WHERE alert_id = ? AND shown IS NULL')
    this.#remove = db.prepare('DELETE FROM notification WHERE alert_id = ?')
    this.#reassign = db.prepare('UPDATE OR IGNORE notification SET alert_id = :to WHERE alert_id = :from')
  }

  queue(key: Key): void {
    const canComeAgain = key.transition !== 'opened' && key.transition !== 'escalated'
    ;(canComeAgain ? this.#queueAgain : this.#queue).run(key)
  }

  /** @returns whether the notification was queued */
  settle({ alertId, transition }: Key, shown: boolean): boolean {
    return this.#settle.run({ alertId, transition, shown: shown ? 1 : 0 }).changes === 1
  }

  /** Drops the queued notifications of an alert without showing them. */
  cancel(alertId: string): void {
    this.#cancel.run(alertId)
  }

  remove(alertId: string): void {
    this.#remove.run(alertId)
  }

  /** Moves shown and queued notifications to another alert. */
  reassign(from: string, to: string): void {
    this.#reassign.run({ from, to })
  }

  /** Oldest alert first. */
  queued(): QueuedNotification[] {
    return this.#queued.all().flatMap(({ transition, data }) => {
      const alert = this.#rows.one('alert', storedAlertCodec, data)
      return alert ? [{ transition, alert }] : []
    })
  }

  /** Deletes notifications whose alert no longer exists. */
  dropOrphans(): void {
    this.#drop.run()
  }
}
