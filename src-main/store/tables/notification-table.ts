import type { Database, Statement } from 'better-sqlite3'
import { storedAlertCodec } from '#shared/codec/domain-codecs.ts'
import type { NotifiedAs } from '#shared/alert/alert.ts'
import type {
  NotificationKey,
  NotifiedTransition,
  QueuedNotification,
  ShownNotification,
} from '#shared/notification/queued-notification.ts'
import type { RowReader } from '../row-reader.ts'

interface QueuedRow {
  readonly transition: NotifiedTransition
  readonly wasShown: 0 | 1
  readonly data: string
}

interface ShownRow {
  readonly alertId: string
  readonly at: number
  readonly as: NotifiedAs
}

/** Only for an alert that the operator may have seen: a notification of it was shown or waits to be shown. */
const followsAnother: ReadonlySet<NotifiedTransition> = new Set(['settled', 'resolved'])
const comesOnce: ReadonlySet<NotifiedTransition> = new Set(['opened', 'resolved'])

/** The timeline says what was shown: it moves with the alert, and a transition that comes again does not clear it. */
const wasShown = `EXISTS (SELECT 1 FROM alert_event AS line WHERE line.alert_id = alert.id AND line.kind = 'notified')`

const queuedRows = `SELECT transition, ${wasShown} AS wasShown, data
  FROM notification JOIN alert ON alert.id = notification.alert_id WHERE shown IS NULL`

/** Notifications: one per alert and transition, queued until it is shown or dropped. */
export class NotificationTable {
  readonly #rows: RowReader
  readonly #queue: Statement<[NotificationKey]>
  readonly #queueAgain: Statement<[NotificationKey]>
  readonly #isFollowing: Statement<[string], number>
  readonly #settle: Statement<[NotificationKey & { readonly shown: number }]>
  readonly #isQueued: Statement<[NotificationKey], number>
  readonly #queued: Statement<[], QueuedRow>
  readonly #queuedOf: Statement<[string], QueuedRow>
  readonly #shown: Statement<[], ShownRow>
  readonly #drop: Statement<[]>
  readonly #cancel: Statement<[string]>
  readonly #reopenShown: Statement<[string]>
  readonly #removeEnd: Statement<[string]>
  readonly #remove: Statement<[string]>
  readonly #reassign: Statement<[{ from: string; to: string }]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#queue = db.prepare('INSERT OR IGNORE INTO notification VALUES (:alertId, :transition, NULL)')
    this.#queueAgain = db.prepare(
      `INSERT INTO notification VALUES (:alertId, :transition, NULL)
       ON CONFLICT (alert_id, transition) DO UPDATE SET shown = NULL`,
    )
    this.#isFollowing = db
      .prepare<[string], number>(
        `SELECT EXISTS (SELECT 1 FROM notification WHERE alert_id = alert.id AND shown IS NULL) OR ${wasShown}
         FROM (SELECT ? AS id) AS alert`,
      )
      .pluck()
    this.#settle = db.prepare(
      `UPDATE notification SET shown = :shown
       WHERE alert_id = :alertId AND transition = :transition AND shown IS NULL`,
    )
    this.#isQueued = db
      .prepare<[NotificationKey], number>(
        'SELECT EXISTS (SELECT 1 FROM notification WHERE alert_id = :alertId AND transition = :transition AND shown IS NULL)',
      )
      .pluck()
    this.#queued = db.prepare(`${queuedRows} ORDER BY opened_at`)
    this.#queuedOf = db.prepare(`${queuedRows} AND alert.id IN (SELECT value FROM json_each(?)) ORDER BY opened_at`)
    this.#shown = db.prepare(
      `SELECT alert.id AS alertId, line.at,
         coalesce(CASE WHEN json_valid(line.data) THEN json_extract(line.data, '$.as') END, 'popup') AS "as"
       FROM alert JOIN alert_event AS line ON line.seq =
         (SELECT seq FROM alert_event WHERE alert_id = alert.id AND kind = 'notified' ORDER BY at DESC LIMIT 1)
       WHERE alert.phase = 'firing'`,
    )
    this.#drop = db.prepare('DELETE FROM notification WHERE alert_id NOT IN (SELECT id FROM alert)')
    this.#cancel = db.prepare('UPDATE notification SET shown = 0 WHERE alert_id = ? AND shown IS NULL')
    this.#reopenShown = db.prepare(
      `UPDATE notification SET shown = NULL WHERE alert_id = ? AND transition = 'opened' AND EXISTS
         (SELECT 1 FROM notification AS ended
          WHERE ended.alert_id = notification.alert_id AND ended.transition = 'resolved' AND ended.shown = 1)`,
    )
    this.#removeEnd = db.prepare(`DELETE FROM notification WHERE alert_id = ? AND transition = 'resolved'`)
    this.#remove = db.prepare('DELETE FROM notification WHERE alert_id = ?')
    this.#reassign = db.prepare('UPDATE OR IGNORE notification SET alert_id = :to WHERE alert_id = :from')
  }

  queue(key: NotificationKey): void {
    if (followsAnother.has(key.transition) && this.#isFollowing.get(key.alertId) !== 1) return
    ;(comesOnce.has(key.transition) ? this.#queue : this.#queueAgain).run(key)
  }

  /** @returns whether the notification was queued */
  settle({ alertId, transition }: NotificationKey, shown: boolean): boolean {
    return this.#settle.run({ alertId, transition, shown: shown ? 1 : 0 }).changes === 1
  }

  isQueued(key: NotificationKey): boolean {
    return this.#isQueued.get(key) === 1
  }

  /** Drops the queued notifications of an alert without showing them. */
  cancel(alertId: string): void {
    this.#cancel.run(alertId)
  }

  /**
   * A resolved alert fires again under its id. That it ended is not to be shown any more; if it was, that it fires is
   * shown again.
   */
  fireAgain(alertId: string): void {
    this.#reopenShown.run(alertId)
    this.#removeEnd.run(alertId)
  }

  remove(alertId: string): void {
    this.#remove.run(alertId)
  }

  /** Moves shown and queued notifications to another alert. */
  reassign(from: string, to: string): void {
    this.#reassign.run({ from, to })
  }

  /** Of all alerts, or of those with these ids. Oldest alert first. */
  queued(ids?: ReadonlySet<string>): QueuedNotification[] {
    const rows = ids ? this.#queuedOf.all(JSON.stringify([...ids])) : this.#queued.all()
    return rows.flatMap(({ transition, wasShown, data }) => {
      const alert = this.#rows.one('alert', storedAlertCodec, data)
      return alert ? [{ transition, alert, wasShown: wasShown === 1 }] : []
    })
  }

  /** Of each firing alert the newest one that was shown. */
  shown(): ShownNotification[] {
    return this.#shown.all()
  }

  /** Deletes notifications whose alert no longer exists. */
  dropOrphans(): void {
    this.#drop.run()
  }
}
