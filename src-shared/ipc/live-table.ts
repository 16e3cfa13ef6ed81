import { isGoingOn } from '../evaluation/node-parts.ts'
import { knownMetrics } from '../metric/metric-info.ts'
import type { LiveDirectory, LiveFrame, LiveGrowth } from './live-frame.ts'

/** A value with the event time of its part, epoch ms, and the observed interval of that, ms; NaN while it is unknown. */
export interface TimedValue {
  readonly value: number
  readonly at: number
  readonly intervalMs: number
}

export const noDirectory: LiveDirectory = {
  nodes: [],
  metrics: [],
  units: [],
  lists: [],
  blockNode: new Uint32Array(0),
  blockList: new Uint32Array(0),
}

/** A list of metrics, with what is asked of it again and again. */
interface MetricList {
  readonly metrics: Uint32Array
  /** Index in the list by metric. */
  readonly places: ReadonlyMap<number, number>
}

/**
 * Newest values of all nodes, from a snapshot and the frames after it. Memory grows with the values that exist: a node
 * has the blocks of its own parts. The metrics of ReMo are columns besides, because tiles of thousands of nodes ask for
 * them at each drawing.
 */
export class LiveTable {
  directory: LiveDirectory = noDirectory
  readonly #lists: MetricList[] = []
  #metricIndex = new Map<string, number>()
  /** By block: where its values begin, and how many there is room for. */
  #start: number[] = []
  #room: number[] = []
  #blockAt: number[] = []
  #blockInterval: number[] = []
  #values = new Float64Array(0)
  #valuesUsed = 0
  #blocksOf: number[][] = []
  #nodeAt: number[] = []
  #nodeInterval: number[] = []
  /** By index of a metric of ReMo: its value by node. */
  readonly #columns = new Map<number, number[]>()

  /** Value of a metric; `NaN` if the node never sent one. */
  value(node: number, metric: number): number {
    const column = this.#columns.get(metric)
    return column === undefined ? this.timed(node, metric).value : (column[node] ?? NaN)
  }

  /** The newest value of a metric with its time. If several parts of a node have it, that of the newest. */
  timed(node: number, metric: number): TimedValue {
    let found: TimedValue = { value: NaN, at: NaN, intervalMs: NaN }
    for (const block of this.#blocksOf[node] ?? []) {
      const place = this.#lists[this.directory.blockList[block] as number]?.places.get(metric)
      if (place === undefined) continue
      const [value, at] = [
        this.#values[(this.#start[block] as number) + place] as number,
        this.#blockAt[block] as number,
      ]
      if (Number.isNaN(value) || at < found.at) continue
      found = { value, at, intervalMs: this.#blockInterval[block] as number }
    }
    return found
  }

  /** Event time of the newest sample of a node; NaN before the first. */
  at(node: number): number {
    return this.#nodeAt[node] ?? NaN
  }

  /** Observed interval of a node, ms: the shortest of its parts that go on; NaN while it is unknown. */
  intervalMs(node: number): number {
    return this.#nodeInterval[node] ?? NaN
  }

  /** The index of a metric; -1 if no node has it. */
  metricIndex(metric: string): number {
    return this.#metricIndex.get(metric) ?? -1
  }

  /** The metrics that the node has values of, in the order of their first appearance. */
  metricsOf(node: number): readonly number[] {
    const metrics = new Set<number>()
    for (const block of this.#blocksOf[node] ?? []) {
      const list = this.#lists[this.directory.blockList[block] as number]
      list?.metrics.forEach((metric, place) => {
        if (!Number.isNaN(this.#values[(this.#start[block] as number) + place])) metrics.add(metric)
      })
    }
    return [...metrics].sort((a, b) => a - b)
  }

  /** By metric: number of nodes that have a value of it. */
  counts(): Uint32Array {
    const counts = new Uint32Array(this.directory.metrics.length)
    for (let node = 0; node < this.#blocksOf.length; node++) {
      for (const metric of this.metricsOf(node)) counts[metric] = (counts[metric] as number) + 1
    }
    return counts
  }

  /** Bytes of the values, for measurements. */
  get valueBytes(): number {
    return this.#values.byteLength
  }

  /** Replaces everything. */
  reset(directory: LiveDirectory, frame: LiveFrame): readonly number[] {
    this.#lists.length = 0
    this.#metricIndex = new Map()
    this.#start = []
    this.#room = []
    this.#blockAt = []
    this.#blockInterval = []
    this.#values = new Float64Array(0)
    this.#valuesUsed = 0
    this.#blocksOf = []
    this.#nodeAt = []
    this.#nodeInterval = []
    this.#columns.clear()
    this.directory = directory
    this.#addMetrics(0)
    for (const list of directory.lists) this.#addList(list)
    for (let block = 0; block < directory.blockNode.length; block++) this.#place(block)
    return this.apply(frame)
  }

  /** @returns the nodes that changed */
  apply({ blocks, at, intervals, values, growth }: LiveFrame): readonly number[] {
    if (growth) this.#grow(growth)
    const changed = new Set<number>()
    let from = 0
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[i] as number
      const width = this.#widthOf(block)
      this.#values.set(values.subarray(from, from + width), this.#start[block])
      from += width
      this.#blockAt[block] = at[i] as number
      this.#blockInterval[block] = intervals[i] as number
      changed.add(this.directory.blockNode[block] as number)
    }
    for (const node of changed) this.#sumUp(node)
    return [...changed]
  }

  #grow(growth: LiveGrowth): void {
    const { directory } = this
    const metrics = growth.metrics.slice(directory.metrics.length - growth.metricsFrom)
    const lists = growth.lists.slice(directory.lists.length - growth.listsFrom)
    const [blockNode, blockList] = grown(directory, growth.blocks)
    const known = growth.units ?? directory.units
    this.directory = {
      nodes: growth.nodes ?? directory.nodes,
      metrics: metrics.length === 0 ? directory.metrics : [...directory.metrics, ...metrics],
      units: metrics.length === 0 ? known : [...known, ...growth.unitsOfMetrics.slice(-metrics.length)],
      lists: lists.length === 0 ? directory.lists : [...directory.lists, ...lists],
      blockNode,
      blockList,
    }
    this.#addMetrics(directory.metrics.length)
    for (const list of lists) this.#addList(list)
    for (let i = 0; i < growth.blocks.length; i += 3) this.#place(growth.blocks[i] as number)
  }

  #addMetrics(from: number): void {
    for (let metric = from; metric < this.directory.metrics.length; metric++) {
      const name = this.directory.metrics[metric] as string
      this.#metricIndex.set(name, metric)
      if (knownMetrics.some((known) => known.name === name)) this.#columns.set(metric, [])
    }
  }

  #addList(metrics: Uint32Array): void {
    this.#lists.push({ metrics, places: new Map(Array.from(metrics, (metric, place) => [metric, place])) })
  }

  #widthOf(block: number): number {
    return this.directory.lists[this.directory.blockList[block] as number]?.length ?? 0
  }

  /** A new block, or one with a longer list. The values that it has keep their places. */
  #place(block: number): void {
    const width = this.#widthOf(block)
    const node = this.directory.blockNode[block] as number
    if (this.#start[block] === undefined) {
      ;(this.#blocksOf[node] ??= []).push(block)
      this.#blockAt[block] = NaN
      this.#blockInterval[block] = NaN
    } else if (width <= (this.#room[block] as number)) return
    const [from = 0, before = 0] = [this.#start[block], this.#room[block]]
    this.#start[block] = this.#valuesUsed
    this.#room[block] = width
    this.#valuesUsed += width
    if (this.#valuesUsed > this.#values.length) {
      const larger = new Float64Array(Math.max(this.#valuesUsed, this.#values.length * 2, 64)).fill(NaN)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values.copyWithin(this.#start[block] as number, from, from + before)
  }

  #sumUp(node: number): void {
    const blocks = this.#blocksOf[node] ?? []
    let newest = -Infinity
    for (const block of blocks) newest = Math.max(newest, this.#blockAt[block] || -Infinity)
    let shortest = Infinity
    for (const block of blocks) {
      const [at, intervalMs] = [this.#blockAt[block] as number, this.#blockInterval[block] as number]
      if (intervalMs < shortest && isGoingOn(at, intervalMs, newest)) shortest = intervalMs
    }
    this.#nodeAt[node] = newest === -Infinity ? NaN : newest
    this.#nodeInterval[node] = shortest === Infinity ? NaN : shortest
    for (const [metric, column] of this.#columns) column[node] = this.timed(node, metric).value
  }
}

function grown(
  { blockNode, blockList }: LiveDirectory,
  blocks: Uint32Array,
): readonly [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] {
  let count = blockNode.length
  for (let i = 0; i < blocks.length; i += 3) count = Math.max(count, (blocks[i] as number) + 1)
  const [nodes, lists] = [new Uint32Array(count), new Uint32Array(count)]
  nodes.set(blockNode)
  lists.set(blockList)
  for (let i = 0; i < blocks.length; i += 3) {
    nodes[blocks[i] as number] = blocks[i + 1] as number
    lists[blocks[i] as number] = blocks[i + 2] as number
  }
  return [nodes, lists]
}
