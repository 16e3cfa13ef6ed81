import type { Database, Statement } from 'better-sqlite3'
import { storedAlertCodec, storedEventCodec } from '#shared/codec/domain-codecs.ts'
import { historyDetails } from '#shared/history/history-details.ts'
import { byPlace, type HistoryPlace, isAfter, isBlindInHistory, placeOf } from '#shared/history/history-filter.ts'
import type { HistoryFact } from '#shared/history/history-figures.ts'
import type { AlertEntry, BlindEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import { historyFromKey } from './groups/alert-store.ts'
import { alertConditions, searchedText, seriesConditions } from './history-query.ts'
import { RowReader } from './row-reader.ts'

export interface HistoryPageRequest {
  readonly filter: HistoryFilter
  /** Only what comes after this place; without it, all. */
  readonly after?: HistoryPlace | undefined
  readonly limit: number
}

interface PlaceRow {
  readonly openedAt: number
  readonly id: string
}

interface FactRow extends Omit<HistoryFact, 'worst' | 'flapped'> {
  readonly critical: 0 | 1
  readonly flapped: 0 | 1
}

type Values = Array<string | number>

/** So few alerts are sorted, instead of looking for them in all in the order of the history. */
const sortedAtMost = 5_000

const placeColumns = 'opened_at AS openedAt, id'
const factColumns = `opened_at AS openedAt, id, resolved_at AS resolvedAt, critical, acknowledged_at AS acknowledgedAt,
  flapped, node_id AS nodeId, node_name AS nodeName, rule_id AS ruleId, metric, kind`

/** Reads the history of alerts, next to the writer. Rows that cannot be read are left out. */
export class HistoryReader {
  readonly #db: Database
  readonly #rows = new RowReader()
  readonly #alert: Statement<[string], string>
  readonly #events: Statement<[string], string>
  readonly #blind: Statement<[number, number], BlindEntry>
  readonly #from: Statement<[string], string>
  readonly #oldest: Statement<[], number | null>
  readonly #has: Statement<[string], string>
  /** Statements by their SQL: one for each kind of filter. */
  readonly #statements = new Map<string, Statement<Values, unknown>>()

  constructor(db: Database) {
    this.#db = db
    this.#alert = db.prepare<[string], string>('SELECT data FROM alert WHERE id = ?').pluck()
    this.#events = db
      .prepare<[string], string>('SELECT data FROM alert_event WHERE alert_id = ? ORDER BY at, seq')
      .pluck()
    this.#blind = db.prepare(
      `SELECT 'blind' AS kind, from_at AS "from", to_at AS "to", cause FROM blind_period
       WHERE from_at >= ? AND from_at < ? ORDER BY from_at DESC`,
    )
    this.#oldest = db.prepare<[], number | null>('SELECT min(opened_at) FROM alert_history').pluck()
    this.#has = db
      .prepare<[string], string>('SELECT id FROM alert_history WHERE id IN (SELECT value FROM json_each(?))')
      .pluck()
    this.#from = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck()
  }

  known(): { readonly from: number | null; readonly oldest: number | null } {
    const at = Number(this.#from.get(historyFromKey) ?? NaN)
    return { from: Number.isFinite(at) ? at : null, oldest: this.#oldest.get() ?? null }
  }

  /** Those of these alerts that the cache has. */
  has(ids: readonly string[]): string[] {
    return this.#has.all(JSON.stringify(ids))
  }

  /** Newest first. */
  page({ filter, after, limit }: HistoryPageRequest): HistoryEntry[] {
    const blind = this.#blind.all(filter.from, filter.to).filter((period) => isBlindInHistory(period, filter))
    const entries: HistoryEntry[] = blind.filter((period) => isAfter(placeOf(period), after))
    entries.push(...this.#alertPage({ filter, after, limit }))
    return entries.sort((a, b) => byPlace(placeOf(a), placeOf(b))).slice(0, limit)
  }

  /** Newest first, also of alerts that cannot be read. */
  facts({ filter, after, limit }: HistoryPageRequest): HistoryFact[] {
    const rows = this.#select<FactRow>(
      { columns: factColumns, from: 'alert_history JOIN history_series ON no = series' },
      { filter, after, limit },
    )
    return rows.map(({ critical, flapped, ...fact }) => ({
      ...fact,
      worst: critical === 1 ? 'critical' : fact.kind === 'backend' ? 'info' : 'warning',
      flapped: flapped === 1,
    }))
  }

  entry(id: string): AlertEntry | undefined {
    const data = this.#alert.get(id)
    const alert = data === undefined ? undefined : this.#rows.one('alert', storedAlertCodec, data)
    if (!alert) return undefined
    const events = this.#rows.all('alert_event', storedEventCodec, this.#events.all(id))
    return { kind: 'alert', alert, ...historyDetails(alert, events) }
  }

  /** Exactly `limit` as long as there are more, also if some cannot be read. */
  #alertPage({ filter, after, limit }: HistoryPageRequest): AlertEntry[] {
    const entries: AlertEntry[] = []
    let last = after
    for (;;) {
      const wanted = limit - entries.length
      const rows = this.#select<PlaceRow>(
        { columns: placeColumns, from: 'alert_history' },
        { filter, after: last, limit: wanted },
      )
      for (const { openedAt, id } of rows) {
        const entry = this.entry(id)
        if (entry) entries.push(entry)
        last = { at: openedAt, id }
      }
      if (rows.length < wanted || entries.length === limit) return entries
    }
  }

  #select<Row>(
    { columns, from }: { columns: string; from: string },
    { filter, after, limit }: HistoryPageRequest,
  ): Row[] {
    const { sql, values } = alertConditions(filter, after)
    const series = this.#seriesCondition(filter)
    const text = this.#textCondition(filter)
    if (series === 'none') return []
    const conditions = [...sql, ...series.sql, ...text.sql].join(' AND ')
    const query = `SELECT ${columns} FROM ${from} WHERE ${conditions} ORDER BY opened_at DESC, id DESC LIMIT ?`
    return this.#statement<Row>(query).all(...values, ...series.values, ...text.values, limit)
  }

  /** By the numbers of the series: with `+`, SQLite looks at each alert in order and needs no sorting. */
  #seriesCondition(filter: HistoryFilter): { sql: string[]; values: Values } | 'none' {
    const { sql, values } = seriesConditions(filter)
    if (sql.length === 0) return { sql: [], values: [] }
    const found = this.#numbers(`SELECT no FROM history_series WHERE ${sql.join(' AND ')}`, [...values])
    if (found.length === 0) return 'none'
    const numbers = JSON.stringify(found)
    const alerts = this.#numbers(
      'SELECT 1 FROM alert_history WHERE series IN (SELECT value FROM json_each(?)) LIMIT ?',
      [numbers, sortedAtMost + 1],
    )
    const column = alerts.length > sortedAtMost ? '+series' : 'series'
    return { sql: [`${column} IN (SELECT value FROM json_each(?))`], values: [numbers] }
  }

  #textCondition(filter: HistoryFilter): { sql: string[]; values: Values } {
    const text = searchedText(filter)
    if (text === undefined) return { sql: [], values: [] }
    const inComment = `(comments <> '' AND instr(comments, ?) > 0)`
    const series = this.#numbers('SELECT no FROM history_series WHERE instr(search, ?) > 0', [text])
    if (series.length === 0) return { sql: [inComment], values: [text] }
    return {
      sql: [`(+series IN (SELECT value FROM json_each(?)) OR ${inComment})`],
      values: [JSON.stringify(series), text],
    }
  }

  #numbers(query: string, values: Values): number[] {
    return (this.#statement(query).pluck() as Statement<Values, number>).all(...values)
  }

  #statement<Row>(query: string): Statement<Values, Row> {
    const known = this.#statements.get(query) ?? this.#db.prepare<Values, unknown>(query)
    this.#statements.set(query, known)
    return known as Statement<Values, Row>
  }
}
