import type { Database } from 'better-sqlite3'
import type { DayUsage, StoredUsage } from '../threads/cache-usage.ts'
import { firstTimeBytes, firstTimeOf } from './chunk/chunk.ts'

/** More days are not shown. */
const mostDays = 400
/** Tables of the past of alerts and of the stream, and what a row takes beside its text. */
const historyTables = [
  ['alert', 'length(data)'],
  ['alert_event', 'length(data)'],
  ['notification', '0'],
  ['official_alert', '0'],
  ['rejected_record', 'length(first_bytes) + length(reason)'],
  ['gap', '0'],
] as const
const rowOverhead = 120

/** Reads what the chunks of each day take from their index, and what alerts take from their rows. */
export function readUsage(db: Database, zone: 'local' | 'utc'): StoredUsage {
  const oldestChunk = db
    .prepare<[], { t1: number; first: Buffer }>(
      `SELECT t1, substr(data, 1, ${firstTimeBytes}) AS first FROM chunk WHERE id = (SELECT id FROM chunk ORDER BY t1 LIMIT 1)`,
    )
    .get()
  const alerts = db.prepare<[], number>('SELECT count(*) FROM alert').pluck().get() ?? 0
  const history = historyTables.reduce((sum, [table, text]) => {
    const sql = `SELECT coalesce(sum(${text}), 0) + count(*) * ${rowOverhead} FROM ${table}`
    return sum + (db.prepare<[], number>(sql).pluck().get() ?? 0)
  }, 0)
  if (!oldestChunk) return { days: [], oldest: null, alerts, history }
  return { days: readDays(db, oldestChunk.t1, zone), oldest: firstTimeOf(oldestChunk.first), alerts, history }
}

/** From the first day with a chunk on. Days without one take one step in the index. */
function readDays(db: Database, first: number, zone: 'local' | 'utc'): DayUsage[] {
  const sum = db
    .prepare<[number, number], number>('SELECT sum(length(data)) FROM chunk WHERE t1 >= ? AND t1 < ?')
    .pluck()
  const next = db.prepare<[number], number>('SELECT t1 FROM chunk WHERE t1 >= ? ORDER BY t1 LIMIT 1').pluck()
  const days: DayUsage[] = []
  let at: number | undefined = first
  while (at !== undefined && days.length < mostDays) {
    const start = startOfDay(at, 0, zone)
    const end = startOfDay(at, 1, zone)
    days.push({ at: start, bytes: sum.get(start, end) ?? 0 })
    at = next.get(end)
  }
  return days
}

/** First moment of the day `later` days after the one of `at`, epoch ms. Days of a local zone may have 23 or 25 hours. */
function startOfDay(at: number, later: number, zone: 'local' | 'utc'): number {
  const date = new Date(at)
  return zone === 'utc'
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + later)
    : new Date(date.getFullYear(), date.getMonth(), date.getDate() + later).getTime()
}
