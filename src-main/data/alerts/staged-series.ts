import { emptySeries } from '#shared/evaluation/evaluate.ts'
import { wholeNode, type Anchor, type Series } from '#shared/alert/series.ts'
import type { NodeClock } from '#shared/evaluation/no-data.ts'
import { NodeParts, ownPart } from '#shared/evaluation/node-parts.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { Layout, NodeKey, SampleDirectory } from '#shared/metric/sample-columns.ts'
import type { BatchWrite } from '../../store/batch-write.ts'
import { SeriesColumns } from './series-columns.ts'
import { isChanged } from './series-change.ts'
import { nodeOfRows, type PartsOf, StagedParts } from './staged-parts.ts'

type SeriesRow = BatchWrite['series'][number]

/**
 * One series and its evaluation state: `state` is stored, `next` waits for the commit. `last` of both may be old:
 * `StagedSeries.current` returns the state with the newest record. The times of the parts of a node are in the columns
 * only.
 */
export interface SeriesEntry {
  /** Index in the columns. */
  readonly id: number
  series: Series
  state: SeriesState
  next: SeriesState
}

/** The series of one node and layout, in the layout's order. */
export interface SampleSeries {
  readonly layout: number
  /** The node itself. */
  readonly node: SeriesEntry
  /** The part of the layout, and its index in the columns. */
  readonly partName: string
  readonly part: number
  readonly ids: Uint32Array
  readonly entries: readonly SeriesEntry[]
  /** Those of the sample of the node that came behind the last one of these. */
  following: SampleSeries | undefined
}

/** Rows of the last run. */
interface RestoredNode {
  readonly nodeId: string
  readonly name: string
  readonly own: SeriesState | undefined
  /** By name; `undefined` without any. */
  readonly parts: ReadonlyMap<string, SeriesState> | undefined
}

interface Node extends PartsOf {
  name: string
  /** The node itself. */
  readonly entry: SeriesEntry
  /** By metric. The first is the node itself: its metrics are evaluated by its state. */
  readonly entries: Map<string, SeriesEntry>
  /** Key of its present name in the directory; -1 before its first sample there. */
  key: number
  /** By layout of the directory. */
  readonly byLayout: Map<number, SampleSeries>
}

/**
 * Evaluation state of every series, in memory. `commit` makes staged steps effective; `rollback` discards them after a
 * failed transaction, so that the same records can be evaluated again.
 */
export class StagedSeries {
  readonly columns = new SeriesColumns()
  readonly #parts = new StagedParts(this.columns)
  readonly #nodes = new Map<string, Node>()
  readonly #staged: SeriesEntry[] = []
  /** Nodes with a staged series whose newest record is now an earlier one. */
  readonly #setBack = new Set<string>()
  #directory: SampleDirectory | undefined
  /** By node key: the series of the last sample with that key. */
  #latest: Array<SampleSeries | undefined> = []

  /** Restores the rows of the last run. */
  restore(rows: readonly SeriesRow[], nameOf: (nodeId: string) => string): void {
    const [ofNodes, parts] = rowsOfNodes(rows)
    for (const { nodeId, metric, state } of rows) {
      const node =
        this.#nodes.get(nodeId) ??
        this.#restoreNode({ nodeId, name: nameOf(nodeId), own: ofNodes.get(nodeId), parts: parts.get(nodeId) })
      if (metric === wholeNode) continue
      const series = { nodeId, nodeName: node.name, metric }
      node.entries.set(metric, { id: this.columns.addMetric(state.last, node.entry.id), series, state, next: state })
    }
  }

  #restoreNode({ nodeId, name, own, parts }: RestoredNode): Node {
    const node = this.#node(nodeId, name, own && nodeOfRows(own, parts ?? noParts))
    for (const [part, times] of parts ?? [[ownPart, own ?? emptySeries] as const]) {
      this.#parts.restore(node, part, times)
    }
    return node
  }

  /** Node keys and layouts of the next samples are of this directory. */
  useDirectory(directory: SampleDirectory): void {
    if (directory === this.#directory) return
    this.#directory = directory
    this.#latest = []
    for (const node of this.#nodes.values()) {
      node.key = -1
      node.byLayout.clear()
    }
  }

  /** The series of a sample with this node key and layout. */
  ofSample(key: number, layout: number): SampleSeries {
    const latest = this.#latest[key]
    if (latest === undefined) return this.#find(key, layout)
    if (latest.layout === layout) return latest
    // Programs send their parts in the same order each time.
    const { following } = latest
    if (following?.layout !== layout) return (latest.following = this.#find(key, layout))
    this.#latest[key] = following
    return following
  }

  nodeIds(): readonly string[] {
    return [...this.#nodes.keys()]
  }

  /** The newest records of a node's series. */
  newestOf(nodeId: string): Anchor[] {
    const entries = this.#nodes.get(nodeId)?.entries.values() ?? []
    return [...entries].flatMap((entry) => this.current(entry).last ?? [])
  }

  /** A forgotten node starts again without any state. Call it after the commit. */
  drop(nodeId: string): void {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return
    if (node.key >= 0) this.#latest[node.key] = undefined
    this.#parts.forget(node)
    this.#nodes.delete(nodeId)
  }

  find(nodeId: string, metric: string): SeriesEntry | undefined {
    return this.#nodes.get(nodeId)?.entries.get(metric)
  }

  /** The node of a series, as its metrics depend on it. */
  clockOf(nodeId: string): NodeClock | undefined {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return undefined
    const state = this.current(node.entry)
    return { ...state, intervalOf: (part) => this.#parts.intervalOf(node, part, state.last?.at ?? -Infinity) }
  }

  /** Observed interval of a node, ms; 0 while it is unknown. */
  intervalOf(nodeId: string): number {
    const node = this.#nodes.get(nodeId)
    return node === undefined ? 0 : this.#parts.shortestOf(node, this.current(node.entry).last?.at ?? -Infinity)
  }

  /** The times of the parts of a node, for the state machine. `stageParts` takes them back. */
  partsOf(nodeId: string): NodeParts {
    const node = this.#nodes.get(nodeId)
    return node === undefined ? new NodeParts() : this.#parts.timesOf(node)
  }

  /** `offset`: of the record that changed them. */
  stageParts(nodeId: string, parts: NodeParts, offset: number): void {
    const node = this.#nodes.get(nodeId)
    if (node !== undefined) this.#parts.stage(node, parts, offset)
  }

  /** All series. Each node comes before its metrics. */
  *all(): Iterable<SeriesEntry> {
    for (const node of this.#nodes.values()) yield* node.entries.values()
  }

  /** The staged state with its newest record. The same object until something changes. */
  current(entry: SeriesEntry): SeriesState {
    const { next } = entry
    const last = this.columns.newestOf(entry.id, next.last)
    if (last === next.last) return next
    const state = { ...next, last }
    if (next === entry.state) entry.state = state
    entry.next = state
    return state
  }

  stage(entry: SeriesEntry, next: SeriesState): void {
    if (next === entry.next) return
    if (entry.next === entry.state) this.#staged.push(entry)
    entry.next = next
    if (this.columns.stage(entry.id, next)) this.#setBack.add(entry.series.nodeId)
  }

  /**
   * The staged rows, for the transaction that stores them: new series, and those that changed in more than `last`. Of a
   * node that was set back, all series.
   */
  staged(): SeriesRow[] {
    const entries = new Set(this.#staged.filter(({ state, next }) => state.last === null || isChanged(state, next)))
    for (const nodeId of this.#setBack) {
      for (const entry of this.#nodes.get(nodeId)?.entries.values() ?? []) entries.add(entry)
    }
    const rows: SeriesRow[] = []
    for (const entry of entries) {
      const { nodeId, metric } = entry.series
      const state = this.current(entry)
      if (state.last === null) continue
      const node = metric === wholeNode ? this.#nodes.get(nodeId) : undefined
      rows.push({ nodeId, metric, state: node === undefined ? state : this.#parts.applyTo(node, state) })
    }
    const setBack = [...this.#setBack].flatMap((nodeId) => this.#nodes.get(nodeId) ?? [])
    return [...rows, ...this.#parts.rows(setBack)]
  }

  /** Ids of the nodes that were set back since the last commit. */
  setBack(): string[] {
    return [...this.#setBack]
  }

  /** `receivedAt`: arrival time of the records, epoch ms of this machine's clock; absent if no record came. */
  commit(receivedAt?: number): void {
    for (const entry of this.#staged) entry.state = entry.next
    this.#staged.length = 0
    this.#setBack.clear()
    this.#parts.commit()
    this.columns.commit(receivedAt)
  }

  rollback(): void {
    for (const entry of this.#staged) entry.next = entry.state
    this.#staged.length = 0
    this.#setBack.clear()
    this.columns.rollback()
  }

  #find(key: number, layoutIndex: number): SampleSeries {
    const { id, name } = this.#directory?.nodes[key] as NodeKey
    const node = this.#node(id, name)
    if (node.key !== key) {
      // A sample with the former name must come here again: it renames the node back.
      if (node.key >= 0) this.#latest[node.key] = undefined
      node.key = key
    }
    if (node.name !== name) rename(node, name)
    let found = node.byLayout.get(layoutIndex)
    if (!found) {
      const { names, part: partName } = this.#directory?.layouts[layoutIndex] as Layout
      const entries = names.map((metric) => this.#entry(node, metric))
      const part = this.#parts.indexOf(node, partName)
      const ids = Uint32Array.from(entries, (entry) => entry.id)
      found = { layout: layoutIndex, node: node.entry, partName, part, ids, entries, following: undefined }
      node.byLayout.set(layoutIndex, found)
    }
    this.#latest[key] = found
    return found
  }

  #node(id: string, name: string, state: SeriesState = emptySeries): Node {
    let node = this.#nodes.get(id)
    if (!node) {
      const series = { nodeId: id, nodeName: name, metric: wholeNode }
      const { steps: _, parts: _parts, ...own } = state
      const entry: SeriesEntry = { id: this.columns.addNode(state.last), series, state: own, next: own }
      const entries = new Map([[wholeNode, entry]])
      node = { nodeId: id, name, entry, entries, parts: new Map(), key: -1, byLayout: new Map() }
      this.#nodes.set(id, node)
    }
    return node
  }

  #entry(node: Node, metric: string): SeriesEntry {
    let entry = node.entries.get(metric)
    if (!entry) {
      const series = { nodeId: node.nodeId, nodeName: node.name, metric }
      entry = { id: this.columns.addMetric(null, node.entry.id), series, state: emptySeries, next: emptySeries }
      node.entries.set(metric, entry)
    }
    return entry
  }
}

const noParts: ReadonlyMap<string, SeriesState> = new Map()

/** The rows of nodes, and those of their parts by name. */
function rowsOfNodes(rows: readonly SeriesRow[]): [Map<string, SeriesState>, Map<string, Map<string, SeriesState>>] {
  const nodes = new Map<string, SeriesState>()
  const parts = new Map<string, Map<string, SeriesState>>()
  for (const { nodeId, metric, part, state } of rows) {
    if (metric !== wholeNode) continue
    if (part === undefined) nodes.set(nodeId, state)
    else parts.set(nodeId, (parts.get(nodeId) ?? new Map<string, SeriesState>()).set(part, state))
  }
  return [nodes, parts]
}

function rename(node: Node, name: string): void {
  node.name = name
  for (const entry of node.entries.values()) entry.series = { ...entry.series, nodeName: name }
}
