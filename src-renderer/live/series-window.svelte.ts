import type { IpcFailure, RangePart } from '#shared/ipc/contract.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { LiveStore } from './live-store.svelte.ts'
import { SeriesRing } from './series-ring.ts'

export interface WindowOf {
  readonly nodeId: string
  readonly metrics: readonly string[]
  readonly rangeMs: number
  /** Columns to ask for: about one per pixel. */
  readonly points: number
}

/** Raw live points that fit behind the columns of the cache before the next refresh. */
const liveRoom = 2048
const maxMetrics = 16

/**
 * The last `rangeMs` of some metrics of one node: columns from the cache (older ones from the backend), live samples behind them, and the cache
 * asked again before the raw tail outgrows the columns. The rings are plain buffers; drawings follow `gate`.
 */
export class SeriesWindow {
  readonly of: WindowOf
  readonly rings: ReadonlyMap<string, SeriesRing>
  loading = $state(true)
  problem = $state.raw<IpcFailure>()
  /** Where the values came from, oldest first. */
  parts = $state.raw<readonly RangePart[]>([])
  /** Why an older part is not there. */
  missing = $state<string>()
  readonly #bridge: Bridge
  readonly #store: LiveStore
  #asked = 0

  constructor(bridge: Bridge, store: LiveStore, of: WindowOf) {
    this.#bridge = bridge
    this.#store = store
    this.of = { ...of, metrics: of.metrics.slice(0, maxMetrics) }
    this.rings = new Map(this.of.metrics.map((metric) => [metric, new SeriesRing(of.points + liveRoom)]))
  }

  /** Loads, then follows. @returns stops */
  follow(): () => void {
    void this.refresh()
    const refreshMs = Math.min(300_000, Math.max(15_000, this.of.rangeMs / 60))
    const timer = setInterval(() => void this.refresh(), refreshMs)
    const node = this.#store.directory.nodes.findIndex(({ id }) => id === this.of.nodeId)
    const off = node < 0 ? () => undefined : this.#store.watch(node, (at) => this.#append(node, at))
    return () => {
      this.#asked++
      clearInterval(timer)
      off()
    }
  }

  async refresh(): Promise<void> {
    const { nodeId, metrics, rangeMs, points } = this.of
    if (metrics.length === 0) return
    const ask = ++this.#asked
    const to = Date.now()
    const result = await this.#bridge['samples.range']({
      nodeId,
      metrics: [...metrics],
      from: to - rangeMs,
      to,
      points,
    })
    if (ask !== this.#asked) return
    this.loading = false
    this.problem = result.ok ? undefined : result.error
    if (!result.ok) return
    this.parts = result.value.parts
    this.missing = result.value.missing
    for (const columns of result.value.series) this.rings.get(columns.metric)?.replace(columns)
    this.#store.gate.ask()
  }

  #append(node: number, at: number): void {
    // After a restart of the data thread the same number may be another node.
    if (this.#store.directory.nodes[node]?.id !== this.of.nodeId) return
    const gapMs = Math.max(3 * this.#store.intervalMs(node), 15_000, (3 * this.of.rangeMs) / this.of.points)
    for (const [metric, ring] of this.rings) {
      ring.append(at, this.#store.value(node, this.#store.metricIndex(metric)), gapMs)
    }
  }
}
