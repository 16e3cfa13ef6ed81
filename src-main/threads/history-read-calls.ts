import type { HistoryFact } from '#shared/history/history-figures.ts'
import type { HistoryPlace } from '#shared/history/history-filter.ts'
import type { AlertEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import type { IpcReply } from '#shared/ipc/contract.ts'

type Figures<C extends 'history.summary' | 'history.report'> = Omit<IpcReply<C>, 'missingReason'>

/** Calls of the main thread to the read thread about the history of alerts. `older`: alerts of the backend. */
export interface HistoryReadCalls {
  /** Newest first, after the place `after`. */
  'history.list': (request: { filter: HistoryFilter; after?: HistoryPlace; limit: number }) => HistoryEntry[]
  /** `now`: epoch ms, until which alerts have fired that still do. */
  'history.summary': (
    request: HistoryFigureRequest & { filter: HistoryFilter; bars: number },
  ) => Figures<'history.summary'>
  'history.report': (
    request: HistoryFigureRequest & { from: number; to: number; zone: 'local' | 'utc' },
  ) => Figures<'history.report'>
  'history.entry': (request: { id: string }) => AlertEntry | null
  /** Writes the entries to a file, then the lines `older`. `rows` counts entries of the cache. */
  'history.export': (request: {
    filter: HistoryFilter
    path: string
    zone: 'local' | 'utc'
    older: readonly string[]
  }) => { rows: number }
}

interface HistoryFigureRequest {
  readonly older: readonly HistoryFact[]
  readonly now: number
}
