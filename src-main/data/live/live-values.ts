import { isNewest } from '#shared/evaluation/lateness.ts'
import { freshnessOf } from '#shared/health/freshness.ts'
import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import {
  columnsOf,
  type Layout,
  type NodeKey,
  type SampleColumns,
  type SampleDirectory,
} from '#shared/metric/sample-columns.ts'
import type { LatestNode } from '../../store/store-types.ts'
import { SampleIntervals } from './sample-intervals.ts'

/**
 * Newest value of every metric of every node, in columns. Nodes and metrics get an index at their first sample and
 * keep it, until a node is removed. A frame holds whole rows of the nodes that changed since the frame before.
 */
export class LiveValues {
  readonly #nodeIndex = new Map<string, number>()
  readonly #metricIndex = new Map<string, number>()
  readonly #nodes: Array<{ id: string; name: string }> = []
  readonly #metrics: string[] = []
  readonly #units: string[] = []
  readonly #intervals = new SampleIntervals()
  readonly #changed: number[] = []
  #isChanged = new Uint8Array(16)
  #at = new Float64Array(16)
  #values = new Float64Array(16 * 4).fill(NaN)
  /** Columns allocated per row of `#values`. Doubled when too small, so that growth is rare. */
  #stride = 4
  #seq = 0
  #directory: SampleDirectory | undefined
  /** By node key: the row of its node, if the node has that name now. */
  #rowOfKey: Array<number | undefined> = []
  /** By row: the node key of its name; -1 before its first sample of the directory. */
  readonly #keyOfRow: number[] = []
  /** By layout. Valid for one version of the units. */
  #metricsOfLayout: Array<{ readonly metrics: Uint32Array; readonly unitsVersion: number } | undefined> = []
  #unitsVersion = 0
  #directoryChanged = false
  /** A node was removed since the last frame. */
  #isRenumbered = false

  /**
   * Applies stored samples. A sample older than the node's newest fills only metrics without a value, unless the newest
   * was not the present.
   */
  apply(columns: SampleColumns): void {
    this.#useDirectory(columns.directory)
    const { count, node, layout } = columns
    for (let i = 0; i < count; i++) {
      this.#applySample(columns, i, this.#rowOf(node[i] as number), this.#metricsOf(layout[i] as number))
    }
  }

  /** Restores a node from the cache. Call it once per node, at start. */
  restore(node: LatestNode, unitOf: (metric: string) => string): void {
    const units = Object.fromEntries(node.metrics.map((metric) => [metric, unitOf(metric)]))
    const { id: nodeId, name: nodeName, at, metrics: names, values } = node
    this.apply(columnsOf([{ nodeId, nodeName, at, names, values, units }]))
    for (const stepMs of node.steps) this.#intervals.add(this.#nodes.length - 1, stepMs)
  }

  /** Ids of the known nodes. */
  nodeIds(): string[] {
    return this.#nodes.map(({ id }) => id)
  }

  has(nodeId: string): boolean {
    return this.#nodeIndex.has(nodeId)
  }

  /**
   * Removes a forgotten node. The nodes after it get other indexes, so the next frame leaves a gap in the sequence: the
   * window asks for a snapshot.
   */
  remove(nodeId: string): void {
    const row = this.#nodeIndex.get(nodeId)
    if (row === undefined) return
    const last = this.#nodes.length - 1
    this.#nodes.splice(row, 1)
    this.#nodeIndex.clear()
    this.#nodes.forEach(({ id }, index) => this.#nodeIndex.set(id, index))
    this.#at.copyWithin(row, row + 1, last + 1).fill(0, last, last + 1)
    const [cell, end] = [row * this.#stride, (last + 1) * this.#stride]
    this.#values.copyWithin(cell, cell + this.#stride, end).fill(NaN, end - this.#stride, end)
    this.#intervals.remove(row)
    this.#isChanged.fill(0)
    this.#changed.length = 0
    this.#directory = undefined
    this.#keyOfRow.length = last
    this.#isRenumbered = true
  }

  get nodeCount(): number {
    return this.#nodes.length
  }

  /** The newest value of a series; NaN if it is unknown. */
  valueOf(nodeId: string, metric: string): number {
    const row = this.#nodeIndex.get(nodeId)
    const column = this.#metricIndex.get(metric)
    return row === undefined || column === undefined ? NaN : (this.#values[row * this.#stride + column] as number)
  }

  /** How many nodes are stale or offline at `now` (epoch ms), except those of `offline`. */
  silent(now: number, offline: ReadonlySet<string>): number {
    return this.#nodes.filter(({ id }, row) => {
      const freshness = freshnessOf(this.#at[row] as number, this.#intervals.median(row), now)
      return (freshness === 'stale' || freshness === 'offline') && !offline.has(id)
    }).length
  }

  /** The changes since the last frame; `undefined` if there are none. */
  takeFrame(): LiveFrame | undefined {
    if (this.#changed.length === 0 && !this.#isRenumbered) return undefined
    const rows = Uint32Array.from(this.#changed)
    this.#changed.length = 0
    for (const row of rows) this.#isChanged[row] = 0
    this.#seq += this.#isRenumbered ? 2 : 1
    this.#isRenumbered = false
    const frame = this.#frameOf(rows)
    if (!this.#directoryChanged) return frame
    this.#directoryChanged = false
    return { ...frame, directory: this.directory() }
  }

  /** Number of the last frame. */
  get seq(): number {
    return this.#seq
  }

  /** All values, with the sequence number of the last frame. The next frame continues from it. */
  snapshot(): { directory: LiveDirectory; frame: LiveFrame } {
    return { directory: this.directory(), frame: this.#frameOf(Uint32Array.from(this.#nodes.keys())) }
  }

  directory(): LiveDirectory {
    return { nodes: this.#nodes.map((node) => ({ ...node })), metrics: [...this.#metrics], units: [...this.#units] }
  }

  #frameOf(nodes: Uint32Array<ArrayBuffer>): LiveFrame {
    const width = this.#metrics.length
    const at = new Float64Array(nodes.length)
    const intervals = new Float64Array(nodes.length)
    const values = new Float64Array(nodes.length * width)
    nodes.forEach((node, i) => {
      at[i] = this.#at[node] ?? NaN
      intervals[i] = this.#intervals.median(node)
      values.set(this.#values.subarray(node * this.#stride, node * this.#stride + width), i * width)
    })
    return { seq: this.#seq, width, nodes, at, intervals, values }
  }

  // eslint-disable-next-line max-params -- called per sample: an object of arguments would be one more allocation
  #applySample({ at, recordedAt, first, values }: SampleColumns, i: number, row: number, metrics: Uint32Array): void {
    const sampleAt = at[i] as number
    const value0 = first[i] as number
    const previous = this.#at[row] as number
    const late = !isNewest(previous, sampleAt, recordedAt[i] as number)
    if (!late) {
      this.#intervals.add(row, previous === 0 ? 0 : sampleAt - previous)
      this.#at[row] = sampleAt
    }
    const cells = this.#values
    const cell0 = row * this.#stride
    // The values before it were from the future.
    if (!late && sampleAt < previous) cells.fill(NaN, cell0, cell0 + this.#stride)
    for (let n = 0; n < metrics.length; n++) {
      const cell = cell0 + (metrics[n] as number)
      if (!late || Number.isNaN(cells[cell])) cells[cell] = values[value0 + n] as number
    }
    if (this.#isChanged[row] === 0) {
      this.#isChanged[row] = 1
      this.#changed.push(row)
    }
  }

  #useDirectory(directory: SampleDirectory): void {
    if (directory === this.#directory) return
    this.#directory = directory
    this.#rowOfKey = []
    this.#metricsOfLayout = []
    this.#keyOfRow.fill(-1)
  }

  #rowOf(key: number): number {
    return this.#rowOfKey[key] ?? this.#findRow(key)
  }

  /** Finds the row of a node key. If the node has another name now, only the newest key stays known. */
  #findRow(key: number): number {
    const { id, name } = this.#directory?.nodes[key] as NodeKey
    let row = this.#nodeIndex.get(id)
    if (row === undefined) row = this.#addNode(id, name)
    const node = this.#nodes[row]
    if (node && node.name !== name) {
      node.name = name
      this.#directoryChanged = true
    }
    const former = this.#keyOfRow[row] ?? -1
    if (former >= 0) this.#rowOfKey[former] = undefined
    this.#keyOfRow[row] = key
    this.#rowOfKey[key] = row
    return row
  }

  #addNode(id: string, name: string): number {
    const row = this.#nodes.length
    this.#nodes.push({ id, name })
    this.#nodeIndex.set(id, row)
    this.#directoryChanged = true
    if (row >= this.#at.length) this.#resize(this.#at.length * 2, this.#stride)
    return row
  }

  #metricsOf(layout: number): Uint32Array {
    const known = this.#metricsOfLayout[layout]
    return known?.unitsVersion === this.#unitsVersion ? known.metrics : this.#findMetrics(layout)
  }

  /** The newest sample decides about a unit. So a layout is found again after the unit of any metric changed. */
  #findMetrics(index: number): Uint32Array {
    const { names, units } = this.#directory?.layouts[index] as Layout
    const metrics = Uint32Array.from(names, (name) => this.#metricOf(name, units?.[name]))
    this.#metricsOfLayout[index] = { metrics, unitsVersion: this.#unitsVersion }
    return metrics
  }

  #metricOf(name: string, unit: string | undefined): number {
    const known = this.#metricIndex.get(name)
    if (known !== undefined) {
      if (unit !== undefined && this.#units[known] !== unit) {
        this.#units[known] = unit
        this.#unitsVersion++
        this.#directoryChanged = true
      }
      return known
    }
    const index = this.#metrics.length
    this.#metrics.push(name)
    this.#units.push(unit ?? '')
    this.#metricIndex.set(name, index)
    this.#directoryChanged = true
    if (index >= this.#stride) this.#resize(this.#at.length, this.#stride * 2)
    return index
  }

  #resize(rows: number, stride: number): void {
    const values = new Float64Array(rows * stride).fill(NaN)
    for (let row = 0; row < this.#at.length; row++) {
      values.set(this.#values.subarray(row * this.#stride, (row + 1) * this.#stride), row * stride)
    }
    const at = new Float64Array(rows)
    at.set(this.#at)
    const isChanged = new Uint8Array(rows)
    isChanged.set(this.#isChanged)
    this.#values = values
    this.#at = at
    this.#isChanged = isChanged
    this.#stride = stride
  }
}
