import type { Alert } from '#shared/alert/alert.ts'
import type { AlertEntry, BlindEntry, HistoryEntry } from '#shared/history/history.ts'
import { dayHeading, isSameDay } from '../../../live/local-time.ts'

/** A row of the list: the heading of a day, an alert, or a time in which monitoring was blind. */
export type HistoryRow =
  | { readonly kind: 'day'; readonly id: string; readonly text: string }
  | { readonly kind: 'alert'; readonly id: string; readonly entry: AlertEntry }
  | { readonly kind: 'blind'; readonly id: string; readonly entry: BlindEntry }

/** When an entry began, epoch ms. Alerts are listed by the time at which they fired. */
export function beganAt(entry: HistoryEntry): number {
  return entry.kind === 'alert' ? entry.alert.openedAt : entry.from
}

/** Identifies an entry, also after it ended. */
export function entryId(entry: HistoryEntry): string {
  return entry.kind === 'alert' ? entry.alert.id : `blind:${entry.from}`
}

/** The entries with a heading before each day. */
export function rowsOf(entries: readonly HistoryEntry[], now: number): readonly HistoryRow[] {
  const rows: HistoryRow[] = []
  let before: number | undefined
  for (const entry of entries) {
    const at = beganAt(entry)
    if (before === undefined || !isSameDay(before, at)) {
      const text = dayHeading(at, now)
      rows.push({ kind: 'day', id: `day:${at}`, text })
    }
    before = at
    if (entry.kind === 'alert') rows.push({ kind: 'alert', id: entryId(entry), entry })
    else rows.push({ kind: 'blind', id: entryId(entry), entry })
  }
  return rows
}

/** An entry with the newest state of its alert. What somebody acknowledges now is its first acknowledgement. */
export function withNewest(entry: HistoryEntry, newest: ReadonlyMap<string, Alert>): HistoryEntry {
  if (entry.kind !== 'alert') return entry
  const alert = newest.get(entry.alert.id)
  if (alert === undefined || alert === entry.alert || isOlder(alert, entry.alert)) return entry
  const given = entry.acknowledged ?? alert.acknowledgement
  const worst = alert.severity === 'critical' ? 'critical' : entry.worst
  return {
    ...entry,
    alert,
    worst,
    flapped: entry.flapped || alert.flappingSince !== undefined,
    ...(given === undefined ? {} : { acknowledged: { by: given.by, at: given.at } }),
  }
}

/** An alert never fires again after it resolved: its next episode is another alert. */
function isOlder(alert: Alert, than: Alert): boolean {
  return than.phase === 'resolved' && alert.phase === 'firing'
}
