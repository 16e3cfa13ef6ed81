import type { Database, Statement } from 'better-sqlite3'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { storedAlertCodec, storedEventCodec } from '#shared/codec/domain-codecs.ts'
import type { RowReader } from '../row-reader.ts'
import { AlertHistoryTable } from './alert-history-table.ts'

/** Most resolved alerts in a list. Older ones are only available by id. */
const listed = 500

/** Alerts and their timelines. Writing the same row again changes nothing. */
export class AlertTable {
  readonly #rows: RowReader
  readonly #history: AlertHistoryTable
  /** Alerts that this transaction changed; `undefined`: only their events. */
  readonly #changed = new Map<string, Alert | undefined>()
  readonly #save: Statement<[{ id: string; phase: string; openedAt: number; data: string }]>
  readonly #addEvent: Statement<[{ alertId: string; kind: string; at: number; data: string }]>
  readonly #one: Statement<[string], string>
  readonly #ids: Statement<[], string>
  readonly #byPhase: Statement<[string, number], string>
  readonly #provisional: Statement<[], string>
  readonly #openedSince: Statement<[number], string>
  readonly #timeline: Statement<[string], string>
  readonly #offline: Statement<[{ nodeId: string; from: number; to: number }], string>
  readonly #silenced: Statement<[], { alertId: string; data: string }>
  readonly #drop: Statement<[number]>
  readonly #dropEvents: Statement<[number]>
  readonly #remove: Statement<[string]>
  readonly #removeEvents: Statement<[string]>
  readonly #removeEvent: Statement<[{ alertId: string; kind: string; at: number }]>
  readonly #reassign: Statement<[{ from: string; to: string }]>

  constructor(db: Database, rows: RowReader) {
    this.#rows = rows
    this.#history = new AlertHistoryTable(db)
    this.#save = db.prepare(
      `INSERT INTO alert VALUES (:id, :phase, :openedAt, :data)
       ON CONFLICT (id) DO UPDATE SET phase = :phase, opened_at = :openedAt, data = :data`,
    )
    this.#addEvent = db.prepare(
      'INSERT OR IGNORE INTO alert_event (alert_id, kind, at, data) VALUES (:alertId, :kind, :at, :data)',
    )
    this.#one = db.prepare<[string], string>('SELECT data FROM alert WHERE id = ?').pluck()
    this.#ids = db.prepare<[], string>('SELECT id FROM alert').pluck()
    this.#byPhase = db
      .prepare<[string, number], string>('SELECT data FROM alert WHERE phase = ? ORDER BY opened_at DESC LIMIT ?')
      .pluck()
    this.#provisional = db
      .prepare<[], string>(`SELECT data FROM alert WHERE json_extract(data, '$.provisional')`)
      .pluck()
    this.#openedSince = db
      .prepare<[number], string>(`SELECT data FROM alert WHERE phase IN ('firing', 'resolved') AND opened_at >= ?`)
      .pluck()
    this.#offline = db
      .prepare<[{ nodeId: string; from: number; to: number }], string>(
        `SELECT alert.data FROM history_series AS series
         JOIN alert_history AS history ON history.series = series.no JOIN alert ON alert.id = history.id
         WHERE series.node_id = :nodeId AND series.kind = 'offline'
           AND history.opened_at < :to AND coalesce(history.resolved_at, :to) > :from`,
      )
      .pluck()
    this.#timeline = db
      .prepare<[string], string>('SELECT data FROM alert_event WHERE alert_id = ? ORDER BY at, seq')
      .pluck()
    this.#silenced = db.prepare(
      `SELECT alert_id AS alertId, data FROM alert_event
       WHERE alert_id IN (SELECT id FROM alert WHERE phase = 'firing') AND kind IN ('silenced', 'unsilenced')
       ORDER BY seq`,
    )
    this.#drop = db.prepare(`DELETE FROM alert WHERE phase = 'resolved' AND opened_at < ?`)
    this.#dropEvents = db.prepare(
      `DELETE FROM alert_event WHERE at < ?
       AND alert_id NOT IN (SELECT id FROM alert WHERE phase = 'firing')`,
    )
    this.#remove = db.prepare('DELETE FROM alert WHERE id = ?')
    this.#removeEvents = db.prepare('DELETE FROM alert_event WHERE alert_id = ?')
    this.#removeEvent = db.prepare('DELETE FROM alert_event WHERE alert_id = :alertId AND kind = :kind AND at = :at')
    this.#reassign = db.prepare(
      `UPDATE OR IGNORE alert_event SET alert_id = :to, data = json_set(data, '$.alertId', :to)
       WHERE alert_id = :from AND json_valid(data) AND kind IN
         ('acknowledged', 'expired', 'commented', 'assigned', 'silenced', 'unsilenced', 'notified')`,
    )
  }

  save(alert: Alert): void {
    this.#changed.set(alert.id, alert)
    this.#save.run({
      id: alert.id,
      phase: alert.phase,
      openedAt: alert.openedAt,
      data: storedAlertCodec.stringify(alert),
    })
  }

  addEvent(event: AlertEvent): void {
    this.#touch(event.alertId)
    this.#addEvent.run({
      alertId: event.alertId,
      kind: event.kind,
      at: event.at,
      data: storedEventCodec.stringify(event),
    })
  }

  get(id: string): Alert | undefined {
    const data = this.#one.get(id)
    return data === undefined ? undefined : this.#rows.one('alert', storedAlertCodec, data)
  }

  /** Newest first. */
  firing(): Alert[] {
    return this.#rows.all('alert', storedAlertCodec, this.#byPhase.all('firing', -1))
  }

  /** The newest 500, newest first. */
  resolved(): Alert[] {
    return this.#rows.all('alert', storedAlertCodec, this.#byPhase.all('resolved', listed))
  }

  provisional(): Alert[] {
    return this.#rows.all('alert', storedAlertCodec, this.#provisional.all())
  }

  /** `at`: event time, epoch ms. */
  openedSince(at: number): Alert[] {
    return this.#rows.all('alert', storedAlertCodec, this.#openedSince.all(at))
  }

  /** Offline alerts of the node that fired while this alert did. */
  offlineDuring({ nodeId, openedAt, resolvedAt = 8.64e15 }: Alert): Alert[] {
    return this.#rows.all('alert', storedAlertCodec, this.#offline.all({ nodeId, from: openedAt, to: resolvedAt }))
  }

  timeline(id: string): AlertEvent[] {
    return this.#rows.all('alert_event', storedEventCodec, this.#timeline.all(id))
  }

  /** The firing alerts whose timelines say that they are silenced, each with the id of its silence. */
  silenced(): ReadonlyMap<string, string> {
    const silenced = new Map<string, string>()
    for (const { alertId, data } of this.#silenced.all()) {
      const event = this.#rows.one('alert_event', storedEventCodec, data)
      if (event?.kind === 'silenced') silenced.set(alertId, event.silenceId ?? '')
      else silenced.delete(alertId)
    }
    return silenced
  }

  /** With its timeline. */
  remove(id: string): void {
    this.#remove.run(id)
    this.#removeEvents.run(id)
    this.#history.remove(id)
    this.#changed.delete(id)
  }

  removeEvent({ alertId, kind, at }: AlertEvent): void {
    this.#removeEvent.run({ alertId, kind, at })
  }

  /** Moves acknowledgements, notes, silences and shown notifications to another alert's timeline. */
  reassign(from: string, to: string): void {
    this.#reassign.run({ from, to })
    this.#touch(to)
  }

  /** At the end of a transaction: brings the history up to date. */
  writeHistory(): void {
    for (const [id, saved] of this.#changed) {
      const alert = saved ?? this.get(id)
      if (alert) this.#history.save(alert, this.timeline(id))
    }
    this.#changed.clear()
  }

  discardHistory(): void {
    this.#changed.clear()
  }

  /** Alerts of a version that had no history, in an open transaction. */
  fillHistory(): void {
    if (!this.#history.isEmpty) return
    for (const id of this.#ids.all()) this.#touch(id)
  }

  /**
   * Deletes resolved alerts and old events. Firing alerts stay at any age. `at`: epoch ms.
   * @returns whether alerts went
   */
  dropBefore(at: number): boolean {
    this.#drop.run(at)
    this.#dropEvents.run(at)
    return this.#history.dropBefore(at)
  }

  #touch(id: string): void {
    this.#changed.set(id, this.#changed.get(id))
  }
}
