import { isGoingOn } from '#shared/evaluation/node-parts.ts'
import { isNewest } from '#shared/evaluation/lateness.ts'
import { pauseMs } from '#shared/evaluation/observed-interval.ts'
import { freshnessOf } from '#shared/health/freshness.ts'
import type { LiveDirectory, LiveFrame } from '#shared/ipc/live-frame.ts'
import type { Layout, NodeKey, SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { LatestNode, LatestPart } from '../../store/store-types.ts'
import { LiveBlocks } from './live-blocks.ts'
import { LiveMetrics } from './live-metrics.ts'

interface LiveNode {
  readonly id: string
  name: string
  /** By part. */
  readonly blocks: Map<string, number>
  /** The node key of its name; -1 before its first sample of the directory. */
  key: number
  /** By layout of the directory. */
  readonly byLayout: Map<number, number>
  /** Event time of its newest sample; 0 before the first. */
  at: number
}

/**
 * Newest value of every metric of every node. Nodes, metrics and blocks get an index at their first sample and keep it,
 * until a node is removed. A block is a part of a node with the metrics that it sends. So memory grows with the series
 * that exist, and a frame has the parts that changed since the frame before.
 */
export class LiveValues {
  readonly #nodeIndex = new Map<string, number>()
  readonly #nodes: LiveNode[] = []
  readonly #metrics = new LiveMetrics()
  #blocks = new LiveBlocks()
  #seq = 0
  #directory: SampleDirectory | undefined
  /** By node key: its node, if the node has that name now. */
  #nodeOfKey: Array<number | undefined> = []
  #areNodesChanged = false
  /** A node was removed since the last frame. */
  #isRenumbered = false

  /**
   * Applies stored samples. A sample older than the newest of its part fills only metrics without a value, unless the
   * newest was not the present.
   */
  apply(columns: SampleColumns): void {
    this.#useDirectory(columns.directory)
    const { count, node, layout } = columns
    for (let i = 0; i < count; i++) {
      const index = this.#nodeOf(node[i] as number)
      this.#applySample(columns, i, index, this.#blockOf(index, layout[i] as number))
    }
  }

  /** Restores the nodes of the cache, with the values of their parts. Call it once, at start. */
  restore(nodes: readonly LatestNode[], parts: readonly LatestPart[], unitOf: (metric: string) => string): void {
    for (const { id, name } of nodes) this.#addNode(id, name)
    for (const { nodeId, part, at, steps, metrics, values } of parts) {
      const index = this.#nodeIndex.get(nodeId)
      if (index === undefined) continue
      const list = this.#metrics.listOf(metrics.map((metric) => this.#metrics.indexOf(metric, unitOf(metric))))
      const block = this.#blocks.add(index, list, this.#metrics.widthOf(list))
      const node = this.#nodes[index] as LiveNode
      node.blocks.set(part, block)
      this.#blocks.restore(block, { at, steps, values })
      node.at = Math.max(node.at, at)
    }
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
    const index = this.#nodeIndex.get(nodeId)
    if (index === undefined) return
    this.#nodes.splice(index, 1)
    this.#nodeIndex.clear()
    this.#nodes.forEach(({ id }, i) => this.#nodeIndex.set(id, i))
    const { blocks, renumbered } = this.#blocks.without(index)
    this.#blocks = blocks
    for (const node of this.#nodes) {
      for (const [part, block] of node.blocks) node.blocks.set(part, renumbered[block] as number)
    }
    this.#directory = undefined
    this.#isRenumbered = true
  }

  get nodeCount(): number {
    return this.#nodes.length
  }

  /** The newest value of a series; NaN if it is unknown. */
  valueOf(nodeId: string, metric: string): number {
    const node = this.#nodes[this.#nodeIndex.get(nodeId) ?? -1]
    const index = this.#metrics.find(metric)
    if (node === undefined || index === undefined) return NaN
    let [value, newest] = [NaN, -Infinity]
    for (const block of node.blocks.values()) {
      const place = this.#metrics.placeIn(this.#blocks.listOf(block), index)
      if (place === undefined || this.#blocks.at(block) < newest) continue
      const own = this.#blocks.value(block, place)
      if (!Number.isNaN(own)) [value, newest] = [own, this.#blocks.at(block)]
    }
    return value
  }

  /** How many nodes are stale or offline at `now` (epoch ms), except those of `offline`. */
  silent(now: number, offline: ReadonlySet<string>): number {
    return this.#nodes.filter((node) => {
      // No interval makes a node stale earlier.
      if (node.at <= now && now - node.at <= pauseMs) return false
      const freshness = freshnessOf(node.at, this.#intervalOf(node), now)
      return (freshness === 'stale' || freshness === 'offline') && !offline.has(node.id)
    }).length
  }

  /** The changes since the last frame; `undefined` if there are none. */
  takeFrame(): LiveFrame | undefined {
    const changed = this.#blocks.takeChanged()
    if (changed.length === 0 && !this.#isRenumbered && !this.#areNodesChanged) return undefined
    this.#seq += this.#isRenumbered ? 2 : 1
    this.#isRenumbered = false
    const frame = this.#frameOf(changed)
    const metrics = this.#metrics.takeGrowth()
    const blocks = this.#blocks.takeGrowth()
    if (metrics.metrics.length + metrics.lists.length + blocks.length === 0 && !metrics.units && !this.#areNodesChanged)
      return frame
    const nodes = this.#areNodesChanged ? { nodes: this.#nodeNames() } : {}
    this.#areNodesChanged = false
    return { ...frame, growth: { ...metrics, blocks, ...nodes } }
  }

  /** Number of the last frame. */
  get seq(): number {
    return this.#seq
  }

  /** All values, with the sequence number of the last frame. The next frame continues from it. */
  snapshot(): { directory: LiveDirectory; frame: LiveFrame } {
    return {
      directory: this.directory(),
      frame: this.#frameOf(Uint32Array.from({ length: this.#blocks.count }, (_, i) => i)),
    }
  }

  directory(): LiveDirectory {
    return { nodes: this.#nodeNames(), ...this.#metrics.all(), ...this.#blocks.table() }
  }

  #nodeNames(): LiveDirectory['nodes'] {
    return this.#nodes.map(({ id, name }) => ({ id, name }))
  }

  #frameOf(blocks: Uint32Array<ArrayBuffer>): LiveFrame {
    return { seq: this.#seq, ...this.#blocks.columns(blocks) }
  }

  #intervalOf({ blocks, at }: LiveNode): number {
    let shortest = Infinity
    for (const block of blocks.values()) {
      const intervalMs = this.#blocks.intervalMs(block)
      if (intervalMs < shortest && isGoingOn(this.#blocks.at(block), intervalMs, at)) shortest = intervalMs
    }
    return shortest === Infinity ? NaN : shortest
  }

  // eslint-disable-next-line max-params -- called per sample: an object of arguments would be one more allocation
  #applySample(
    { at, recordedAt, layout, first, values }: SampleColumns,
    i: number,
    index: number,
    block: number,
  ): void {
    const sampleAt = at[i] as number
    const previous = this.#blocks.at(block)
    const late = !isNewest(previous, sampleAt, recordedAt[i] as number)
    const node = this.#nodes[index] as LiveNode
    if (!late) {
      // The values before it were from the future, also those of other parts.
      if (sampleAt < previous) this.#setBack(node, sampleAt)
      this.#blocks.note(block, sampleAt)
      if (sampleAt > node.at) node.at = sampleAt
    }
    const places = this.#metrics.placesOf(this.#blocks.listOf(block), layout[i] as number)
    const value0 = first[i] as number
    for (let n = 0; n < places.length; n++) {
      this.#blocks.set(block, places[n] as number, values[value0 + n] as number, late)
    }
    this.#blocks.change(block)
  }

  #setBack(node: LiveNode, at: number): void {
    node.at = at
    for (const block of node.blocks.values()) if (this.#blocks.at(block) > at) this.#blocks.setBack(block, at)
  }

  #useDirectory(directory: SampleDirectory): void {
    if (directory === this.#directory) return
    this.#directory = directory
    this.#nodeOfKey = []
    this.#metrics.useDirectory(directory)
    for (const node of this.#nodes) {
      node.key = -1
      node.byLayout.clear()
    }
  }

  #nodeOf(key: number): number {
    return this.#nodeOfKey[key] ?? this.#findNode(key)
  }

  /** Finds the node of a key. If the node has another name now, only the newest key stays known. */
  #findNode(key: number): number {
    const { id, name } = this.#directory?.nodes[key] as NodeKey
    const index = this.#nodeIndex.get(id) ?? this.#addNode(id, name)
    const node = this.#nodes[index] as LiveNode
    if (node.name !== name) {
      node.name = name
      this.#areNodesChanged = true
    }
    if (node.key >= 0) this.#nodeOfKey[node.key] = undefined
    node.key = key
    this.#nodeOfKey[key] = index
    return index
  }

  #addNode(id: string, name: string): number {
    const index = this.#nodes.length
    this.#nodes.push({ id, name, blocks: new Map(), key: -1, byLayout: new Map(), at: 0 })
    this.#nodeIndex.set(id, index)
    this.#areNodesChanged = true
    return index
  }

  /** The block of a sample. It has all metrics of the layout. */
  #blockOf(index: number, layout: number): number {
    this.#metrics.useLayout(layout)
    return (this.#nodes[index] as LiveNode).byLayout.get(layout) ?? this.#findBlock(index, layout)
  }

  #findBlock(index: number, layout: number): number {
    const node = this.#nodes[index] as LiveNode
    const { part } = this.#directory?.layouts[layout] as Layout
    const metrics = this.#metrics.ofLayout(layout)
    let block = node.blocks.get(part)
    if (block === undefined) {
      const list = this.#metrics.listOf(metrics)
      node.blocks.set(part, (block = this.#blocks.add(index, list, metrics.length)))
    } else {
      const list = this.#metrics.listWith(this.#blocks.listOf(block), metrics)
      this.#blocks.widen(block, list, this.#metrics.widthOf(list))
    }
    node.byLayout.set(layout, block)
    return block
  }
}
