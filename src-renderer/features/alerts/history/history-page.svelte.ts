import type { Alert } from '#shared/alert/alert.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { IpcFailure, IpcReply } from '#shared/ipc/contract.ts'
import type { AlertEntry, HistoryEntry, HistoryFilter } from '#shared/history/history.ts'
import type { AppState } from '../../../live/app-state.svelte.ts'
import { startOfDay, zoneOffsetAt } from '../../../live/local-time.ts'
import { KeptSelection } from '../../../ui/lists/kept-selection.svelte.ts'
import { movedSelection } from '../../../ui/lists/list-selection.ts'
import { HistoryFilters, wouldList, type ShownHistory } from './history-filters.svelte.ts'
import { barGrid, barGridWithin, historyRanges, type HistoryRange, type Span } from './history-range.ts'
import { entryId, rowsOf, withNewest, type HistoryRow } from './history-rows.ts'

/** Entries of one page. */
const pageSize = 100
/** The clock of a node may be so far ahead: its newest alert is listed nevertheless. */
const mostAheadMs = 10 * minuteMs

type Summary = IpcReply<'history.summary'>
/** A row that can be selected. */
type EntryRow = Exclude<HistoryRow, { kind: 'day' }>

/** The last answer, and the filter that it belongs to. */
interface Loaded {
  readonly filter: HistoryFilter
  readonly entries: readonly HistoryEntry[]
  readonly next: string | undefined
  readonly missingReason: string | undefined
}

/**
 * The history of alerts: filters, histogram, figures, and the list, which grows by pages. The list stands still while
 * new alerts come: `newCount` says how many, and `reload` lists them. It outlives its page, so that the way back from a
 * chart leads to the same list.
 */
export class HistoryPage {
  readonly #app: AppState
  readonly #selection: KeptSelection<EntryRow>
  readonly filters = new HistoryFilters(() => void this.reload())
  #loaded = $state.raw<Loaded>()
  #zoom = $state.raw<Span>()
  #zoomSummary = $state.raw<Summary>()
  #request = 0
  /** The range of the histogram. */
  span = $state.raw<Span>()
  /** Histogram and figures of the whole range. */
  summary = $state.raw<Summary>()
  /** The first page is being read. */
  loading = $state(false)
  /** Why the first page was not read. */
  problem = $state.raw<IpcFailure>()
  /** A further page is being read. */
  loadingMore = $state(false)
  /** Why a further page was not read. */
  moreProblem = $state.raw<IpcFailure>()

  constructor(app: AppState) {
    this.#app = app
    this.#selection = new KeptSelection<EntryRow>(() => this.#entryRows)
  }

  /** 90 days are those of the backend. The chosen range stays, even if the backend becomes unreachable. */
  readonly ranges: ReadonlyArray<{ readonly value: HistoryRange; readonly label: string }> = $derived.by(() => {
    const long = this.#app.session.may('read-history')
    const offered = historyRanges.filter(({ value }) => long || value !== '90d' || value === this.filters.range)
    return [...offered, { value: 'custom', label: 'Custom' }]
  })

  get range(): HistoryRange {
    return this.filters.range
  }

  set range(range: HistoryRange) {
    const now = Date.now()
    this.filters.setRange(range, this.span ?? { from: now - 86_400_000, to: now })
  }

  /** What is wrong with the ends of a chosen range. */
  readonly rangeProblem: string | undefined = $derived.by(() => {
    const span = this.filters.span(this.#app.clock.now, 0)
    return typeof span === 'string' ? span : undefined
  })

  /** The part of the range that is selected in the histogram. */
  get zoom(): Span | undefined {
    return this.#zoom
  }

  set zoom(zoom: Span | undefined) {
    this.#zoom = zoom
    void this.#loadPart()
  }

  /** The list has an answer. Before, nothing is known. */
  get isLoaded(): boolean {
    return this.#loaded !== undefined
  }

  /** The filter of the list on screen. */
  get filter(): HistoryFilter | undefined {
    return this.#loaded?.filter
  }

  readonly isFiltered: boolean = $derived.by(() => this.filters.isAny || this.#zoom !== undefined)

  readonly #live: ReadonlyMap<string, Alert> = $derived.by(
    () => new Map(this.#app.alerts.items.map((alert) => [alert.id, alert])),
  )

  /** With the newest state of each alert that is known here. */
  readonly entries: readonly HistoryEntry[] = $derived.by(() =>
    (this.#loaded?.entries ?? []).map((entry) => withNewest(entry, this.#live)),
  )

  /** Changes once a day, so that headings do not make all rows anew each second. */
  readonly #today: number = $derived.by(() => startOfDay(this.#app.clock.now))
  /** The list, with a heading before each day. */
  readonly rows: readonly HistoryRow[] = $derived.by(() => rowsOf(this.entries, this.#today))
  readonly #entryRows: readonly EntryRow[] = $derived.by(() => this.rows.filter((row) => row.kind !== 'day'))

  get row(): EntryRow | undefined {
    return this.#selection.row
  }

  /** The selected alert. */
  readonly selected: AlertEntry | undefined = $derived.by(() =>
    this.row?.kind === 'alert' ? this.row.entry : undefined,
  )

  get hasMore(): boolean {
    return this.#loaded?.next !== undefined
  }

  /** A part of the history that could not be read, in one sentence. */
  readonly missingReason: string | undefined = $derived.by(
    () => this.#loaded?.missingReason ?? this.summary?.missingReason,
  )

  /** Of what is listed: the selected part, or the range. */
  readonly figures: Summary | undefined = $derived.by(() =>
    this.#zoom === undefined ? this.summary : this.#zoomSummary,
  )

  /** Alerts that fired since the list was read, and that its filter would list. */
  readonly newCount: number = $derived.by(() => {
    const loaded = this.#loaded
    if (loaded === undefined || this.range === 'custom' || this.#zoom !== undefined) return 0
    const { filter, entries } = loaded
    const listed = new Set(entries.map(entryId))
    const fired = this.#app.alerts.items.filter(({ id, openedAt }) => openedAt >= filter.to && !listed.has(id))
    return fired.filter((alert) => wouldList(filter, alert)).length
  })

  select(id: string): void {
    this.#selection.choose(id)
  }

  move(delta: number): void {
    const ids = this.#entryRows.map(({ id }) => id)
    const next = movedSelection(ids, this.row?.id, delta)
    if (next !== undefined) this.select(next)
  }

  /** Reads the history when its page is shown for the first time. Later the same list is shown. */
  open(): void {
    if (!this.isLoaded && !this.loading) void this.reload()
  }

  /** Lists the alerts of a rule or node of the report. */
  show(shown: ShownHistory): void {
    this.filters.show(shown)
  }

  /** Removes the innermost filter: the part of the histogram, then all others. */
  removeFilter(): void {
    if (this.#zoom === undefined) this.filters.clear()
    else this.zoom = undefined
  }

  unitOf(metric: string): string {
    const { store } = this.#app
    return store.directory.units[store.metricIndex(metric)] ?? ''
  }

  /** Reads list, histogram and figures anew, up to now. */
  readonly reload = async (): Promise<void> => {
    this.filters.settle()
    const range = this.filters.span(Date.now(), this.#newestAt())
    if (typeof range === 'string') return
    const { span, bars } = this.range === 'custom' ? barGridWithin(range) : barGrid(range, zoneOffsetAt(range.to))
    const filter = this.filters.filterOf({ from: span.from, to: range.to })
    const { bridge } = this.#app
    const request = this.#begin()
    const [list, summary] = await Promise.all([
      bridge['history.list']({ filter, limit: pageSize }),
      bridge['history.summary']({ filter: { ...filter, to: span.to }, bars }),
    ])
    if (request !== this.#request) return
    this.#zoom = undefined
    this.span = span
    this.summary = summary.ok ? summary.value : undefined
    this.#end(filter, list)
  }

  /** Reads the next page. */
  readonly more = async (): Promise<void> => {
    const loaded = this.#loaded
    if (loaded?.next === undefined || this.loadingMore || this.loading) return
    this.loadingMore = true
    this.moreProblem = undefined
    const request = this.#request
    const { filter, next: cursor } = loaded
    const result = await this.#app.bridge['history.list']({ filter, cursor, limit: pageSize })
    if (request !== this.#request) return
    this.loadingMore = false
    if (!result.ok) {
      this.moreProblem = result.error
      return
    }
    const { entries, next, missingReason = loaded.missingReason } = result.value
    const known = new Set(loaded.entries.map(entryId))
    const added = entries.filter((entry) => !known.has(entryId(entry)))
    this.#loaded = { filter, entries: [...loaded.entries, ...added], next, missingReason }
  }

  /** Reads the list and the figures of the selected part, or of the whole range again. The histogram stays. */
  async #loadPart(): Promise<void> {
    const span = this.#zoom ?? this.span
    if (span === undefined) return
    const filter = this.filters.filterOf(span)
    const { bridge } = this.#app
    const request = this.#begin()
    const [list, summary] = await Promise.all([
      bridge['history.list']({ filter, limit: pageSize }),
      bridge['history.summary']({ filter, bars: 1 }),
    ])
    if (request !== this.#request) return
    this.#zoomSummary = summary.ok ? summary.value : undefined
    this.#end(filter, list)
  }

  /** An answer to an earlier request counts no more. */
  #begin(): number {
    this.loading = true
    this.loadingMore = false
    this.moreProblem = undefined
    return ++this.#request
  }

  /** A list of another filter would say what is not true, so a failure leaves none. */
  #end(filter: HistoryFilter, list: Awaited<ReturnType<AppState['bridge']['history.list']>>): void {
    this.loading = false
    this.problem = list.ok ? undefined : list.error
    if (!list.ok) {
      this.#loaded = undefined
      return
    }
    const { entries, next, missingReason } = list.value
    this.#loaded = { filter, entries, next, missingReason }
    this.#selection.restart()
  }

  #newestAt(): number {
    const latest = Date.now() + mostAheadMs
    return this.#app.alerts.items.reduce((newest, { openedAt }) => {
      return openedAt > newest && openedAt <= latest ? openedAt : newest
    }, 0)
  }
}
