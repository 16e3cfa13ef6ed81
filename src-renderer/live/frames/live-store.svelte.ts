import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import { LiveTable, noDirectory, type TimedValue } from '#shared/ipc/live-table.ts'
import { createSubscriber } from 'svelte/reactivity'
import { FrameGate } from './frame-gate.ts'

/** `gap`: an earlier frame is missing, so nothing was applied. `old`: already in the snapshot. */
export type FrameResult = 'applied' | 'gap' | 'old'

/** Clocks of two computers differ by less. */
const aheadMs = 2000

type ValueListener = (node: number) => void

/**
 * Newest values of all nodes. They are never reactive: readers subscribe to one version signal that changes at most once
 * per animation frame. Nodes and metrics are numbered by the directory.
 */
export class LiveStore {
  readonly gate: FrameGate
  directory = $state.raw<LiveDirectory>(noDirectory)
  /** Set by the first snapshot: before it, no nodes means that nothing is known yet. */
  loaded = $state(false)
  #seq = -1
  readonly #table = new LiveTable()
  /** Number of the newest frame that was drawn, or that is known to be sent. */
  #expected = -1
  #drawn = -1
  #undrawnSince: number | undefined
  readonly #listeners = new Map<string, Set<ValueListener>>()
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
    return this.#table.value(node, metric)
  }

  /** Value of a metric with the event time of its part: parts of a node need not have one time. */
  timed(node: number, metric: number): TimedValue {
    this.#track()
    return this.#table.timed(node, metric)
  }

  /** Event time of the newest sample, or `null` before the first. */
  at(node: number): number | null {
    this.#track()
    const at = this.#table.at(node)
    return Number.isNaN(at) ? null : at
  }

  /** Observed time between two samples of a node, ms. */
  intervalMs(node: number): number {
    return this.#table.intervalMs(node) || 5000
  }

  /** The metrics that the node has values of. */
  metricsOf(node: number): readonly number[] {
    this.#track()
    return this.#table.metricsOf(node)
  }

  /** By metric: number of nodes that have a value of it. */
  counts(): Uint32Array {
    this.#track()
    return this.#table.counts()
  }

  /**
   * Event time of the newest sample of any node, or `null` before the first. Times more than `aheadMs` after `now`
   * (epoch ms) are of a wrong clock.
   */
  newestAt(now: number): number | null {
    this.#track()
    let newest = -Infinity
    for (let node = 0; node < this.directory.nodes.length; node++) {
      const at = this.#table.at(node)
      if (at > newest && at <= now + aheadMs) newest = at
    }
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
    // The table is not reactive: who asks by name depends on the directory.
    void this.directory
    return this.#table.metricIndex(metric)
  }

  /** Calls back with the index for every frame with samples of one node, before the next drawing. @returns the unsubscribe */
  onChange(nodeId: string, listener: ValueListener): () => void {
    const listeners = this.#listeners.get(nodeId) ?? new Set()
    this.#listeners.set(nodeId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(nodeId)
    }
  }

  /** Replaces all values: at the start, and after a lost frame. */
  reset(directory: LiveDirectory, frame: LiveFrame): void {
    const changed = this.#table.reset(directory, frame)
    this.loaded = true
    this.#write(frame, changed)
  }

  apply(frame: LiveFrame): FrameResult {
    if (frame.seq <= this.#seq) return 'old'
    if (frame.seq !== this.#seq + 1) return 'gap'
    this.#write(frame, this.#table.apply(frame))
    return 'applied'
  }

  #write(frame: LiveFrame, changed: readonly number[]): void {
    this.directory = this.#table.directory
    if (this.#listeners.size > 0) for (const node of changed) this.#tell(node)
    this.#seq = frame.seq
    this.#undrawnSince ??= this.#now()
    this.gate.ask()
  }

  #tell(node: number): void {
    const listeners = this.#listeners.get(this.directory.nodes[node]?.id ?? '')
    if (listeners) for (const listener of listeners) listener(node)
  }

  #markDrawn(): void {
    this.#drawn = this.#seq
    if (this.#drawn >= this.#expected) this.#undrawnSince = undefined
  }
}
