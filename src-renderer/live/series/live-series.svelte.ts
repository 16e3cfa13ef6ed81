import type { IpcFailure, RangeSegment } from '#shared/ipc/contract.ts'
import type { Bridge } from '../../bridge/bridge.ts'
import type { LiveStore } from '../frames/live-store.svelte.ts'
import { whileVisible } from '../while-visible.ts'
import { SeriesRing } from './series-ring.ts'

export interface LiveSeriesOptions {
  readonly nodeId: string
  readonly metrics: readonly string[]
  readonly rangeMs: number
  /** Number of columns to read: about one per pixel. */
  readonly points: number
  /** Right edge, epoch ms: a moment of the past, which live samples do not change. Absent: now. */
  readonly until?: number | undefined
  /** Right edge of charts that are paused, epoch ms: until then, nothing is added and nothing goes. */
  readonly pausedAt?: () => number | undefined
}

/** Room for live points between two refreshes. */
const liveRoom = 2048
const maxMetrics = 16
/** After the last sample that came without the ones before it. */
const fillAfterMs = 1_000

/**
 * The last `rangeMs` of some metrics of one node: columns from the cache (older ones from the backend), followed by
 * live samples. A refresh replaces them by columns before they fill `liveRoom`. The rings are plain buffers; drawings
 * follow `gate`.
 */
export class LiveSeries {
  readonly options: LiveSeriesOptions
  readonly rings: ReadonlyMap<string, SeriesRing>
  loading = $state(true)
  problem = $state.raw<IpcFailure>()
  /** Sources of the values, oldest first. */
  segments = $state.raw<readonly RangeSegment[]>([])
  /** Why older values are missing. */
  missingReason = $state<string>()
  readonly #bridge: Bridge
  readonly #store: LiveStore
  #request = 0
  #filling: ReturnType<typeof setTimeout> | undefined

  constructor(bridge: Bridge, store: LiveStore, options: LiveSeriesOptions) {
    this.#bridge = bridge
    this.#store = store
    this.options = { ...options, metrics: options.metrics.slice(0, maxMetrics) }
    this.rings = new Map(this.options.metrics.map((metric) => [metric, new SeriesRing(options.points + liveRoom)]))
  }

  /** Loads the range, then follows live samples. @returns stops following */
  follow(): () => void {
    void this.refresh()
    if (this.options.until !== undefined) return () => void this.#request++
    const refreshMs = Math.min(300_000, Math.max(15_000, this.options.rangeMs / 60))
    const stop = whileVisible(refreshMs, () => {
      if (!this.#isPaused) void this.refresh()
    })
    const off = this.#store.onChange(this.options.nodeId, (node) => this.#append(node))
    return () => {
      this.#request++
      clearTimeout(this.#filling)
      stop()
      off()
    }
  }

  get #isPaused(): boolean {
    return this.options.pausedAt?.() !== undefined
  }

  async refresh(): Promise<void> {
    const { nodeId, metrics, rangeMs, points, until, pausedAt } = this.options
    if (metrics.length === 0) return
    const request = ++this.#request
    const to = until ?? pausedAt?.() ?? Date.now()
    const result = await this.#bridge['samples.range']({
      nodeId,
      metrics: [...metrics],
      from: to - rangeMs,
      to,
      points,
    })
    if (request !== this.#request) return
    this.loading = false
    this.problem = result.ok ? undefined : result.error
    if (!result.ok) return
    this.segments = result.value.segments
    this.missingReason = result.value.missingReason
    for (const columns of result.value.series) this.rings.get(columns.metric)?.replace(columns)
    this.#store.gate.ask()
  }

  /** Each metric has the time of its part: that of others may be newer, or have no new sample. */
  #append(node: number): void {
    if (this.#isPaused) return
    let isAlone = false
    for (const [metric, ring] of this.rings) {
      const { value, at, intervalMs } = this.#store.timed(node, this.#store.metricIndex(metric))
      const stepMs = Number.isNaN(intervalMs) ? this.#store.intervalMs(node) : intervalMs
      const gapMs = Math.max(3 * stepMs, 15_000, (3 * this.options.rangeMs) / this.options.points)
      if (ring.append(at, value, gapMs)) isAlone = true
    }
    if (isAlone && !this.loading) this.#fill()
  }

  /** While ReMo catches up, a live sample can be minutes after the one before it. The cache has those between them. */
  #fill(): void {
    clearTimeout(this.#filling)
    this.#filling = setTimeout(() => void this.refresh(), fillAfterMs)
  }
}
