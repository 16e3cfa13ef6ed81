import type { Database, Statement } from 'better-sqlite3'
import { alertCodec, alertEventCodec } from '#shared/codec/domain-codecs.ts'
import { historyDetails, historyText } from '#shared/history/history-details.ts'
import { byPlace, type HistoryPlace, isAfter, isInHistory, placeOf } from '#shared/history/history-filter.ts'
import { factOf } from '#shared/history/history-fact.ts'
import type { HistoryFact } from '#shared/history/history-figures.ts'
import type { AlertEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import { RowReader } from './row-reader.ts'

export interface HistoryPageRequest {
  readonly filter: HistoryFilter
  /** Only what comes after this place; without it, all. */
  readonly after?: HistoryPlace | undefined
  readonly limit: number
}

/** Reads the history of alerts, next to the writer. Rows that cannot be read are left out. */
export class HistoryReader {
  readonly #rows = new RowReader()
  readonly #alerts: Statement<[number, number], string>
  readonly #alert: Statement<[string], string>
  readonly #events: Statement<[string], string>

  constructor(db: Database) {
    this.#alerts = db
      .prepare<[number, number], string>('SELECT data FROM alert WHERE opened_at >= ? AND opened_at < ?')
      .pluck()
    this.#alert = db.prepare<[string], string>('SELECT data FROM alert WHERE id = ?').pluck()
    this.#events = db
      .prepare<[string], string>('SELECT data FROM alert_event WHERE alert_id = ? ORDER BY at, seq')
      .pluck()
  }

  /** Newest first. */
  page({ filter, after, limit }: HistoryPageRequest): HistoryEntry[] {
    const entries = this.#rows.all('alert', alertCodec, this.#alerts.all(filter.from, filter.to)).flatMap((alert) => {
      const events = this.#rows.all('alert_event', alertEventCodec, this.#events.all(alert.id))
      const details = historyDetails(alert, events)
      const isWanted = isInHistory({ alert, details, text: historyText(alert, events) }, filter)
      return isWanted ? [{ kind: 'alert' as const, alert, ...details }] : []
    })
    return entries
      .filter((entry) => isAfter(placeOf(entry), after))
      .sort((a, b) => byPlace(placeOf(a), placeOf(b)))
      .slice(0, limit)
  }

  /** Newest first. */
  facts(request: HistoryPageRequest): HistoryFact[] {
    return this.page(request).flatMap((entry) => (entry.kind === 'alert' ? [factOf(entry)] : []))
  }

  entry(id: string): AlertEntry | undefined {
    const data = this.#alert.get(id)
    const alert = data === undefined ? undefined : this.#rows.one('alert', alertCodec, data)
    if (!alert) return undefined
    const events = this.#rows.all('alert_event', alertEventCodec, this.#events.all(id))
    return { kind: 'alert', alert, ...historyDetails(alert, events) }
  }
}
