import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import type { Sample } from '#shared/metric/sample.ts'
import type { LatestNode } from '../../store/store-types.ts'
import { SampleIntervals } from './sample-intervals.ts'

/**
 * Newest value of every metric of every node, in columns. Nodes and metrics get an index at their first sample and
 * keep it for the whole run. A frame holds whole rows of the nodes that changed since the frame before.
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
  #directoryChanged = false

  /** Applies a stored sample. A sample older than the node's newest fills only metrics without a value. */
  apply(sample: Sample): void {
    const node = this.#nodeOf(sample)
    const previous = this.#at[node] ?? 0
    const late = sample.at < previous
    if (!late) {
      this.#intervals.add(node, previous === 0 ? 0 : sample.at - previous)
      this.#at[node] = sample.at
    }
    sample.names.forEach((name, i) => {
      const metric = this.#metricOf(name, sample)
      const cell = node * this.#stride + metric
      if (!late || Number.isNaN(this.#values[cell])) this.#values[cell] = sample.values[i] ?? NaN
    })
    if (this.#isChanged[node] === 0) {
      this.#isChanged[node] = 1
      this.#changed.push(node)
    }
  }

  /** Restores a node from the cache. Call it once per node, at start. */
  restore(node: LatestNode, unitOf: (metric: string) => string): void {
    const units = Object.fromEntries(node.metrics.map((metric) => [metric, unitOf(metric)]))
    this.apply({ nodeId: node.id, nodeName: node.name, at: node.at, names: node.metrics, values: node.values, units })
    this.#intervals.add(this.#nodes.length - 1, node.intervalMs ?? 0)
  }

  /** The changes since the last frame; `undefined` if there are none. */
  takeFrame(): LiveFrame | undefined {
    if (this.#changed.length === 0) return undefined
    const rows = Uint32Array.from(this.#changed)
    this.#changed.length = 0
    for (const row of rows) this.#isChanged[row] = 0
    this.#seq++
    const frame = this.#frameOf(rows)
    if (!this.#directoryChanged) return frame
    this.#directoryChanged = false
    return { ...frame, directory: this.directory() }
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

  #nodeOf(sample: Sample): number {
    const known = this.#nodeIndex.get(sample.nodeId)
    if (known !== undefined) {
      const node = this.#nodes[known]
      if (node && node.name !== sample.nodeName) {
        node.name = sample.nodeName
        this.#directoryChanged = true
      }
      return known
    }
    const index = this.#nodes.length
    this.#nodes.push({ id: sample.nodeId, name: sample.nodeName })
    this.#nodeIndex.set(sample.nodeId, index)
    this.#directoryChanged = true
    if (index >= this.#at.length) this.#resize(this.#at.length * 2, this.#stride)
    return index
  }

  #metricOf(name: string, sample: Sample): number {
    const known = this.#metricIndex.get(name)
    const unit = sample.units?.[name]
    if (known !== undefined) {
      if (unit !== undefined && this.#units[known] !== unit) {
        this.#units[known] = unit
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
