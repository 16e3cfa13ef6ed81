import type { Alert } from '#shared/alert/alert.ts'
import type { AlertEntry } from '#shared/history/history.ts'
import { formatCount } from '#shared/format/number.ts'
import { knownMetrics, metricInfo, type MetricInfo } from '#shared/metric/metric-info.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { shortTimeOrDate } from '../../live/local-time.ts'
import { LiveSeries } from '../../live/series/live-series.svelte.ts'
import type { SeriesRing } from '../../live/series/series-ring.ts'
import { acknowledgementMark, type ChartMark } from './metric-option.ts'
import { NodeHistory } from './node-history.svelte.ts'
import { SeriesBrowser } from './series-browser.svelte.ts'
import { segmentBoundariesOf, segmentLine } from './range-segments.ts'

const ranges = [
  { value: '5m', label: '5\u202fm', ms: 300_000 },
  { value: '15m', label: '15\u202fm', ms: 900_000 },
  { value: '30m', label: '30\u202fm', ms: 1_800_000 },
  { value: '1h', label: '1\u202fh', ms: 3_600_000 },
  { value: '6h', label: '6\u202fh', ms: 21_600_000 },
  { value: '24h', label: '24\u202fh', ms: 86_400_000 },
  { value: '7d', label: '7\u202fd', ms: 604_800_000 },
  { value: '30d', label: '30\u202fd', ms: 2_592_000_000 },
] as const
export type RangeName = (typeof ranges)[number]['value']

/** Retention of the local cache. Longer ranges require the backend. */
const longestOfCacheMs = 604_800_000

/** A moment is shown with so much time before and after it. It is the range of `momentRange`, which is offered only then. */
const aroundMs = 900_000
const momentRange = '30m'

/** The Metrics page of one node: range, live or paused, and the export of the visible range. */
export class MetricsPage {
  readonly #app: AppState
  readonly #nodeId: () => string | undefined
  range = $state<RangeName>('15m')
  /** Epoch ms of the right edge while paused. */
  pausedAt = $state<number>()
  /** Epoch ms of the right edge of values that were read for a moment of the past. */
  #until = $state<number>()
  readonly #history: NodeHistory
  readonly browser: SeriesBrowser
  exporting = $state(false)
  exported = $state.raw<{ readonly ok: boolean; readonly text: string }>()
  /** Width of one chart's line, in pixels. */
  width = $state(400)

  constructor(app: AppState, nodeId: () => string | undefined) {
    this.#app = app
    this.#nodeId = nodeId
    this.#history = new NodeHistory(app.bridge)
    this.browser = new SeriesBrowser(app, nodeId)
  }

  /** The available ranges. The chosen one stays, even if the backend becomes unreachable. */
  readonly ranges: ReadonlyArray<(typeof ranges)[number]> = $derived.by(() => {
    const long = this.#app.session.may('read-history')
    return ranges.filter(({ value, ms }) => {
      return value === this.range || (value !== momentRange && (long || ms <= longestOfCacheMs))
    })
  })
  readonly rangeMs: number = $derived(ranges.find(({ value }) => value === this.range)?.ms ?? 900_000)

  /** With a chart: the four known metrics, and other metrics of this node, or those that are pinned if it has many. */
  readonly metrics: readonly MetricInfo[] = $derived.by(() => {
    const { others, isOffered, charted } = this.browser
    const known = knownMetrics.map(({ name }) => metricInfo(name))
    const extra = isOffered ? charted.map(({ info }) => info) : others.map(({ name, unit }) => metricInfo(name, unit))
    return [...known, ...extra]
  })

  readonly #metricKey = $derived(this.metrics.map(({ name }) => name).join('\n'))
  /** In steps of 200, so that resizing the window does not read the cache for every pixel. */
  readonly #points = $derived(Math.min(2000, Math.max(200, Math.ceil(this.width / 200) * 200)))

  readonly series: LiveSeries | undefined = $derived.by(() => {
    const nodeId = this.#nodeId()
    const metrics = this.#metricKey.split('\n')
    if (nodeId === undefined) return undefined
    return new LiveSeries(this.#app.bridge, this.#app.store, {
      nodeId,
      metrics,
      rangeMs: this.rangeMs,
      points: this.#points,
      until: this.#until,
      pausedAt: () => this.pausedAt,
    })
  })

  readonly #shownName = $derived.by(() => this.browser.shown?.name)
  /** Of the series that is shown without a pin: another one does not read all the charts again. */
  readonly shownSeries: LiveSeries | undefined = $derived.by(() => {
    const nodeId = this.#nodeId()
    const name = this.#shownName
    if (nodeId === undefined || name === undefined) return undefined
    return new LiveSeries(this.#app.bridge, this.#app.store, {
      nodeId,
      metrics: [name],
      rangeMs: this.rangeMs,
      points: this.#points,
      until: this.#until,
      pausedAt: () => this.pausedAt,
    })
  })

  /** Values of a metric with a chart. */
  ringOf(metric: string): SeriesRing | undefined {
    return this.series?.rings.get(metric) ?? this.shownSeries?.rings.get(metric)
  }

  readonly segmentBoundaries: readonly number[] = $derived(segmentBoundariesOf(this.series?.segments ?? []))
  /** The source of each segment; `undefined` if all values are from this console. */
  readonly sources: string | undefined = $derived.by(() => {
    const { now } = this.#app.clock
    return segmentLine(this.series?.segments ?? [], (at) => shortTimeOrDate(at, now))
  })

  /** Right edge of the charts. */
  readonly end = (): number => this.pausedAt ?? Date.now()

  readonly #entries: readonly AlertEntry[] = $derived.by(() => {
    const nodeId = this.#nodeId()
    return this.#history.entries.filter(({ alert }) => alert.nodeId === nodeId)
  })

  /** Of the node, also those of the history that the window does not keep. */
  readonly #alerts: readonly Alert[] = $derived.by(() => {
    const nodeId = this.#nodeId()
    const kept = this.#app.alerts.items.filter((alert) => alert.kind === 'value' && alert.nodeId === nodeId)
    const known = new Set(kept.map(({ id }) => id))
    const older = this.#entries.map(({ alert }) => alert)
    return [...kept, ...older.filter((alert) => alert.kind === 'value' && !known.has(alert.id))]
  })

  alertsOf(metric: string): readonly Alert[] {
    return this.#alerts.filter((alert) => alert.metric === metric)
  }

  /** The first acknowledgement of each alert of a metric. */
  marksOf(metric: string): readonly ChartMark[] {
    const ended = this.#entries.filter(({ alert }) => alert.metric === metric)
    const firing = this.alertsOf(metric).flatMap(({ id, acknowledgement }) =>
      acknowledgement ? [{ id, acknowledgement }] : [],
    )
    const given = new Map(ended.flatMap(({ alert, acknowledged }) => (acknowledged ? [[alert.id, acknowledged]] : [])))
    for (const { id, acknowledgement } of firing) if (!given.has(id)) given.set(id, acknowledgement)
    return [...given.values()].map(acknowledgementMark)
  }

  /** Why charts have no alerts of the past; `undefined` if they have. */
  get pastProblem(): string | undefined {
    const { problem } = this.#history
    return problem && `Alerts of the past are not shown. ${problem.message}`
  }

  /** Reads the alerts of the charts. */
  loadHistory(): void {
    const nodeId = this.#nodeId()
    const to = Math.ceil(this.end())
    if (nodeId !== undefined) void this.#history.load({ nodeId, from: Math.max(0, to - this.rangeMs), to })
  }

  /** Shows 15 minutes before and after a moment, paused; up to now if it was just before. */
  showMoment(at: number): void {
    this.range = momentRange
    this.#until = Math.min(at + aroundMs, Date.now())
    this.pausedAt = this.#until
  }

  /** Event time of the newest sample on screen; `null` without one. While paused, it stands still like the charts. */
  get sampledAt(): number | null {
    const live = this.#app.store.at(this.#nodeIndex)
    const { pausedAt } = this
    if (pausedAt === undefined) return live
    const times = [...(this.series?.rings.values() ?? [])].map((ring) => ring.lastUntil(pausedAt)?.at ?? -Infinity)
    const newest = Math.max(...times)
    return newest === -Infinity ? null : newest
  }

  /** Value of a metric at the right edge of its chart; `NaN` if it is unknown. */
  valueOf(metric: string): number {
    const { store } = this.#app
    const live = store.value(this.#nodeIndex, store.metricIndex(metric))
    if (this.pausedAt === undefined) return live
    return this.ringOf(metric)?.lastUntil(this.pausedAt)?.value ?? NaN
  }

  readonly togglePause = (): void => {
    const isMoment = this.#until !== undefined
    this.pausedAt = this.pausedAt === undefined ? Date.now() : undefined
    this.#until = undefined
    // What came meanwhile. After a moment of the past, other series are read from the start.
    if (this.pausedAt === undefined && !isMoment) for (const one of [this.series, this.shownSeries]) void one?.refresh()
    this.#app.store.gate.ask()
  }

  readonly resume = (): void => {
    if (this.pausedAt !== undefined) this.togglePause()
  }

  readonly #nodeIndex: number = $derived.by(() =>
    this.#app.store.directory.nodes.findIndex(({ id }) => id === this.#nodeId()),
  )

  /** Exports the node and range on screen. The native dialog asks for the file. */
  async exportCsv(): Promise<void> {
    const nodeId = this.#nodeId()
    if (nodeId === undefined || this.exporting) return
    this.exporting = true
    this.exported = undefined
    const to = Math.ceil(this.end())
    const result = await this.#app.bridge['samples.export']({ nodeId, from: to - this.rangeMs, to })
    this.exporting = false
    if (!result.ok) this.exported = { ok: false, text: `Export failed. ${result.error.message}` }
    else if (result.value.saved) {
      const { rows, path } = result.value
      this.exported = { ok: true, text: `Saved ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'} to ${path}` }
    }
  }
}
