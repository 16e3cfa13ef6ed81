import type { Codec, Unread } from '#shared/codec/codec.ts'
import { neededVersion, readerLevel } from '#shared/codec/needs.ts'
import type { StoreNotice } from './store-types.ts'

/** A row that was skipped. */
export interface UnreadRow {
  readonly table: string
  readonly unread: Unread
}

const rememberAtMost = 1_000

/** Contents of tables in the operator's words. */
const contents: Readonly<Record<string, string>> = {
  rule: 'thresholds',
  team_rule: 'thresholds',
  alert: 'alerts',
  alert_event: 'lines of timelines',
  operator_action: 'actions',
  silence: 'silences',
  mapping: 'mappings of topics',
  series: 'evaluation states',
}

/** Reads the JSON of rows. An unreadable row is skipped and counted once: it must not stop the data thread. */
export class RowReader {
  readonly level: number
  readonly #found = new Map<string, UnreadRow>()
  #listener: ((row: UnreadRow) => void) | undefined

  /** @param level highest level of rows that this version understands */
  constructor(level = readerLevel) {
    this.level = level
  }

  /** Calls `listener` with each skipped row, including those found before. */
  onUnread(listener: (row: UnreadRow) => void): void {
    this.#listener = listener
    for (const row of this.#found.values()) listener(row)
  }

  one<T>(table: string, codec: Codec<T>, data: string): T | undefined {
    const read = codec.parse(data, this.level)
    if (read.ok) return read.value
    this.#leaveOut(data, { table, unread: read.unread })
    return undefined
  }

  all<T>(table: string, codec: Codec<T>, rows: readonly string[]): T[] {
    const values: T[] = []
    for (const data of rows) {
      const value = this.one(table, codec, data)
      if (value !== undefined) values.push(value)
    }
    return values
  }

  notices(): StoreNotice[] {
    const counts = new Map<string, number>()
    for (const { table, unread } of this.#found.values()) {
      const name = contents[table] ?? table
      if (unread.kind === 'unreadable') counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    if (counts.size === 0) return []
    const list = [...counts].map(([name, count]) => `${name}: ${count}`).join(', ')
    const text = `Rows of the local cache could not be read and are left out (${list}). The log has the reasons.`
    return [{ id: 'cache-rows-unread', severity: 'warning', text }]
  }

  /** The version that skipped rules need, as text; `undefined` when none needs a newer one. */
  rulesNeed(): string | undefined {
    for (const { table, unread } of this.#found.values()) {
      const isRule = table === 'rule' || table === 'team_rule'
      if (isRule && unread.kind === 'needs-newer') return neededVersion(unread.needs.version)
    }
    return undefined
  }

  #leaveOut(data: string, row: UnreadRow): void {
    const key = `${row.table} ${data}`
    if (this.#found.has(key) || this.#found.size >= rememberAtMost) return
    this.#found.set(key, row)
    this.#listener?.(row)
  }
}
