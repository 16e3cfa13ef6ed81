import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import { createSubscriber } from 'svelte/reactivity'
import { FrameGate } from './frame-gate.ts'

/** `gap`: an earlier frame is missing, so nothing was applied. `old`: already in the snapshot. */
export type FrameResult = 'applied' | 'gap' | 'old'

/** Clocks of two computers differ by less. */
const aheadMs = 2000

type ValueListener = (at: number) => void

/**
 * Newest values of all nodes in typed arrays. The arrays are never reactive: readers subscribe to one version signal
 * that changes at most once per animation frame. Rows are nodes, columns are metrics, both numbered by the directory.
 * The directory only grows, so the matrix grows by doubling.
 */
export class LiveStore {
  readonly gate: FrameGate
  directory = $state.raw<LiveDirectory>({ nodes: [], metrics: [], units: [] })
  /** Set by the first snapshot: before it, no nodes means that nothing is known yet. */
  loaded = $state(false)
  #seq = -1
  #stride = 8
  #rows = 0
  #values = new Float64Array(0)
  #at = new Float64Array(0)
  #intervals = new Float64Array(0)
  /** Number of the newest frame that was drawn, or that is known to be sent. */
  #expected = -1
  #drawn = -1
  #undrawnSince: number | undefined
  readonly #listeners = new Map<number, Set<ValueListener>>()
  readonly #track: () => void
  readonly #now: () => number

  constructor(gate = new FrameGate(), now: () => number = Date.now) {
    this.gate = gate
    this.#now = now
    gate.listen(() => this.#markDrawn())
    this.#track = createSubscriber((update) => gate.listen(update))
  }

  get seq(): number {
    return this.#seq
  }

  /** Value of a metric, or `NaN` if the node never sent one. */
  value(node: number, metric: number): number {
    this.#track()
    if (metric < 0 || metric >= this.#stride || node < 0 || node >= this.#rows) return NaN
    return this.#values[node * this.#stride + metric] ?? NaN
  }

  /** Event time of the newest sample, or `null` before the first. */
  at(node: number): number | null {
    this.#track()
    const at = this.#at[node]
    return at === undefined || Number.isNaN(at) ? null : at
  }

  /** Observed time between two samples of a node, ms. */
  intervalMs(node: number): number {
    return this.#intervals[node] || 5000
  }

  /**
   * Event time of the newest sample of any node, or `null` before the first. Times more than `aheadMs` after `now`
   * (epoch ms) are of a wrong clock.
   */
  newestAt(now: number): number | null {
    this.#track()
    let newest = -Infinity
    for (const at of this.#at) if (at > newest && at <= now + aheadMs) newest = at
    return newest === -Infinity ? null : Math.min(newest, now)
  }

  /** Since when frames wait to be drawn, epoch ms; `undefined` if the newest known one is drawn. */
  get undrawnSince(): number | undefined {
    return this.#undrawnSince
  }

  /** The data thread has sent this frame, whether or not it arrived. After a restart its numbers begin again. */
  expect(seq: number): void {
    this.#expected = seq
    if (seq <= this.#drawn) this.#undrawnSince = undefined
    else this.#undrawnSince ??= this.#now()
  }

  metricIndex(metric: string): number {
    return this.directory.metrics.indexOf(metric)
  }

  /** Calls back for every applied sample of one node, before the next drawing. @returns the unsubscribe */
  onChange(node: number, listener: ValueListener): () => void {
    const listeners = this.#listeners.get(node) ?? new Set()
    this.#listeners.set(node, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(node)
    }
  }

  /** Replaces all values: at the start, and after a lost frame. */
  reset(directory: LiveDirectory, frame: LiveFrame): void {
    this.directory = directory
    this.loaded = true
    this.#grow(directory.nodes.length, directory.metrics.length)
    this.#values.fill(NaN)
    this.#at.fill(NaN)
    this.#write(frame)
  }

  apply(frame: LiveFrame): FrameResult {
    if (frame.seq <= this.#seq) return 'old'
    if (frame.seq !== this.#seq + 1) return 'gap'
    if (frame.directory) {
      this.directory = frame.directory
      this.#grow(frame.directory.nodes.length, frame.directory.metrics.length)
    }
    this.#write(frame)
    return 'applied'
  }

  #write(frame: LiveFrame): void {
    const { nodes, at, intervals, values, width } = frame
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] ?? 0
      const time = at[i] ?? NaN
      this.#at[node] = time
      this.#intervals[node] = intervals[i] ?? 0
      this.#values.set(values.subarray(i * width, (i + 1) * width), node * this.#stride)
      const listeners = this.#listeners.get(node)
      if (listeners) for (const listener of listeners) listener(time)
    }
    this.#seq = frame.seq
    this.#undrawnSince ??= this.#now()
    this.gate.ask()
  }

  #markDrawn(): void {
    this.#drawn = this.#seq
    if (this.#drawn >= this.#expected) this.#undrawnSince = undefined
  }

  #grow(rows: number, columns: number): void {
    if (rows <= this.#rows && columns <= this.#stride) return
    const newRows = rows <= this.#rows ? this.#rows : Math.max(rows, this.#rows * 2, 16)
    const newStride = columns <= this.#stride ? this.#stride : Math.max(columns, this.#stride * 2)
    const values = new Float64Array(newRows * newStride).fill(NaN)
    for (let row = 0; row < this.#rows; row++) {
      values.set(this.#values.subarray(row * this.#stride, (row + 1) * this.#stride), row * newStride)
    }
    const at = new Float64Array(newRows).fill(NaN)
    at.set(this.#at)
    const intervals = new Float64Array(newRows)
    intervals.set(this.#intervals)
    this.#values = values
    this.#at = at
    this.#intervals = intervals
    this.#rows = newRows
    this.#stride = newStride
  }
}
