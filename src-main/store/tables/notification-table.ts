import type { Database, Statement } from 'better-sqlite3'
import { alertCodec } from '#shared/codec/domain-codecs.ts'
import type { QueuedNotification } from '#shared/notification/plan-notifications.ts'
import type { RowReader } from '../row-reader.ts'

interface Key {
  readonly alertId: string
  readonly transition: string
}

/** What the operator is to be told: once per alert and transition, owed until it was shown. */
export class NotificationTable {
  readonly #rows: RowReader
  readonly #queue: Statement<[Key]>
  readonly #settle: Statement<[Key & { readonly shown: number }]>
  readonly #queued: Statement<[], { transition: QueuedNotification['transition']; data: string }>
  readonly #drop: Statement<[]>
  readonly #cancel: Statement<[string]>
  readonly #remove: Statement<[string]>
  readonly #reassign: Statement<[{ from: string; to: string }]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#queue = db.prepare('INSERT OR IGNORE INTO notification VALUES (:alertId, :transition, NULL)')
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
    this.#queue.run(key)
  }

  /** True when it was owed until now. */
  settle({ alertId, transition }: Key, shown: boolean): boolean {
    return this.#settle.run({ alertId, transition, shown: shown ? 1 : 0 }).changes === 1
  }

  /** Nothing is owed of this alert any more. */
  cancel(alertId: string): void {
    this.#cancel.run(alertId)
  }

  remove(alertId: string): void {
    this.#remove.run(alertId)
  }

  /** What was shown or is owed of one alert counts for another. */
  reassign(from: string, to: string): void {
    this.#reassign.run({ from, to })
  }

  /** Oldest alert first. */
  queued(): QueuedNotification[] {
    return this.#queued.all().flatMap(({ transition, data }) => {
      const alert = this.#rows.one('alert', alertCodec, data)
      return alert ? [{ transition, alert }] : []
    })
  }

  /** Drops those of alerts that are gone. */
  dropOrphans(): void {
    this.#drop.run()
  }
}
