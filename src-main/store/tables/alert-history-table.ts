import type { Database, Statement } from 'better-sqlite3'
import type { Alert, AlertEvent } from '#shared/alert/alert.ts'
import { commentText, historyDetails, seriesText } from '#shared/history/history-details.ts'

interface HistoryRow {
  readonly openedAt: number
  readonly id: string
  readonly series: number
  readonly firing: 0 | 1
  readonly critical: 0 | 1
  readonly flapped: 0 | 1
  readonly silenced: 0 | 1
  readonly resolvedAt: number | null
  readonly acknowledgedAt: number | null
  readonly comments: string
}

interface SeriesRow {
  readonly nodeId: string
  readonly nodeName: string
  readonly metric: string
  readonly kind: string
  readonly ruleId: string
  readonly search: string
}

/** What the history of alerts is searched by. It follows from the alerts and their events. */
export class AlertHistoryTable {
  readonly #save: Statement<[HistoryRow]>
  readonly #moved: Statement<[string, number]>
  readonly #remove: Statement<[string]>
  readonly #drop: Statement<[number]>
  readonly #series: Statement<[SeriesRow], number>
  readonly #addSeries: Statement<[SeriesRow]>
  readonly #dropSeries: Statement<[]>
  readonly #isEmpty: Statement<[], number>

  constructor(db: Database) {
    this.#save = db.prepare(
      `INSERT INTO alert_history VALUES (:openedAt, :id, :series, :firing, :critical, :flapped, :silenced,
         :resolvedAt, :acknowledgedAt, :comments)
       ON CONFLICT (opened_at, id) DO UPDATE SET series = :series, firing = :firing, critical = :critical,
         flapped = :flapped, silenced = :silenced, resolved_at = :resolvedAt, acknowledged_at = :acknowledgedAt,
         comments = :comments`,
    )
    this.#moved = db.prepare('DELETE FROM alert_history WHERE id = ? AND opened_at <> ?')
    this.#remove = db.prepare('DELETE FROM alert_history WHERE id = ?')
    this.#drop = db.prepare('DELETE FROM alert_history WHERE opened_at < ? AND firing = 0')
    this.#series = db
      .prepare<[SeriesRow], number>(
        `SELECT no FROM history_series WHERE node_id = :nodeId AND node_name = :nodeName AND metric = :metric
           AND kind = :kind AND rule_id = :ruleId AND search = :search`,
      )
      .pluck()
    this.#addSeries = db.prepare(
      `INSERT INTO history_series (node_id, node_name, metric, kind, rule_id, search)
       VALUES (:nodeId, :nodeName, :metric, :kind, :ruleId, :search)
       ON CONFLICT (node_id, node_name, metric, kind, rule_id) DO UPDATE SET search = :search`,
    )
    this.#dropSeries = db.prepare('DELETE FROM history_series WHERE no NOT IN (SELECT series FROM alert_history)')
    this.#isEmpty = db.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM alert_history)').pluck()
  }

  get isEmpty(): boolean {
    return this.#isEmpty.get() === 1
  }

  /** Writing the same alert again changes nothing. */
  save(alert: Alert, events: readonly AlertEvent[]): void {
    const { worst, acknowledged, silencedBy, flapped } = historyDetails(alert, events)
    this.#moved.run(alert.id, alert.openedAt)
    this.#save.run({
      openedAt: alert.openedAt,
      id: alert.id,
      series: this.#seriesOf(alert),
      firing: alert.phase === 'firing' ? 1 : 0,
      critical: worst === 'critical' ? 1 : 0,
      flapped: flapped ? 1 : 0,
      silenced: silencedBy === undefined ? 0 : 1,
      resolvedAt: alert.resolvedAt ?? null,
      acknowledgedAt: acknowledged?.at ?? null,
      comments: commentText(alert, events),
    })
  }

  remove(id: string): void {
    this.#remove.run(id)
  }

  /** As the alerts: firing ones stay. `at`: epoch ms. @returns whether any went */
  dropBefore(at: number): boolean {
    if (this.#drop.run(at).changes === 0) return false
    this.#dropSeries.run()
    return true
  }

  #seriesOf(alert: Alert): number {
    const { nodeId, nodeName, metric, kind, ruleId } = alert
    const row = { nodeId, nodeName, metric, kind, ruleId, search: seriesText(alert) }
    const known = this.#series.get(row)
    if (known !== undefined) return known
    this.#addSeries.run(row)
    return this.#series.get(row) as number
  }
}
