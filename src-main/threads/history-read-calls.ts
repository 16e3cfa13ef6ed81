import type { HistoryFact } from '#shared/history/history-figures.ts'
import type { HistoryPlace } from '#shared/history/history-filter.ts'
import type { AlertEntry, HistoryEntry, HistoryFigures, HistoryFilter } from '#shared/history/history.ts'
import type { IpcReply } from '#shared/ipc/contract.ts'

type Summary = Omit<IpcReply<'history.summary'>, 'missingReason'>
type Report = Omit<IpcReply<'history.report'>, 'missingReason' | 'before'> & { before: HistoryFigures }

/** Calls of the main thread to the read thread about the history of alerts. `older`: alerts of the backend. */
export interface HistoryReadCalls {
  /** Newest first, after the place `after`. */
  'history.list': (request: { filter: HistoryFilter; after?: HistoryPlace; limit: number }) => HistoryEntry[]
  /** `now`: epoch ms, until which alerts have fired that still do. */
  'history.summary': (request: HistoryFigureRequest & { filter: HistoryFilter; bars: number }) => Summary
  'history.report': (request: HistoryFigureRequest & { from: number; to: number; zone: 'local' | 'utc' }) => Report
  /** What the cache has: `null` where it has nothing. */
  'history.known': (request: Record<string, never>) => KnownHistory
  /** Those of these alerts that the cache has. */
  'history.has': (request: { ids: readonly string[] }) => string[]
  'history.entry': (request: { id: string }) => AlertEntry | null
  /** Writes the entries to a file, then the lines `older`. `rows` counts entries of the cache. */
  'history.export': (request: {
    filter: HistoryFilter
    path: string
    zone: 'local' | 'utc'
    older: readonly string[]
  }) => { rows: number }
}

/** Event times, epoch ms. */
export interface KnownHistory {
  /** Since when no alert was dropped; `null` if none ever was. */
  readonly from: number | null
  /** When the oldest alert opened. */
  readonly oldest: number | null
}

interface HistoryFigureRequest {
  readonly older: readonly HistoryFact[]
  readonly now: number
}
