import type { Layout as SampleLayout, NodeKey, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { StoreError } from '../errors.ts'
import { Head } from './head.ts'
import type { Layout } from './head.ts'
import type { NewestRecord } from './newest-records.ts'
import { NodeTimes } from './node-times.ts'

/** The table row of a node. */
export interface StoredNodeRow {
  readonly no: number
  readonly id: string
  readonly name: string
  /** Longest chunk, seconds: a chunk that overlaps a range starts at most this long before it. */
  readonly span: number
  /** Most seconds by which a chunk's id moved because its second was in use. */
  readonly bump: number
  readonly chunks: number
  /** Values in chunks. */
  readonly samples: number
  /** Journal position of the newest record that is in a chunk: batch, and index in the batch. */
  readonly passedSeq: number
  readonly passedIndex: number
  /** Bytes of its chunks. */
  readonly bytes: number
}

/** Newest values in chunks. The head has newer ones. */
export interface LatestChunked {
  readonly at: number
  readonly intervalMs: number | null
  readonly values: ReadonlyMap<number, number>
  /** Values of the record at `at`, as far as they are known. */
  readonly newest: ReadonlyMap<number, number>
}

export interface StoredNode {
  row: StoredNodeRow
  head: Head
  base: LatestChunked | null
  /** Newest record with each list of metrics that the node sent in this run or in the journal; mostly one. */
  newest: NewestRecord[]
  /** Newest record of the node, whatever its metrics, and the steps before it. */
  readonly times: NodeTimes
  /** Event time of its newest record; -Infinity without one. Records with a later one are from a clock that was ahead. */
  presentAt: number
  /** Key of its newest message. */
  key: NodeKey | null
  /** The message layout whose units are known. */
  sampleLayout: SampleLayout | null
  /** The state after the batch that is being prepared; valid if `stagedIn` is this batch. One object for all batches. */
  readonly staged: StagedNode
  stagedIn: number
  /** Its row in the table of heads; `null` without one. */
  saved: JournalPlace | null
  /** Records of its newest full chunk; 0 if there is none yet. */
  fullAt: number
}

/** A place in the journal: batch, and index in the batch. */
export interface JournalPlace {
  readonly seq: number
  readonly index: number
}

/** The records of a head as one blob. The journal before the place need not have them. */
export interface SavedHead extends JournalPlace {
  readonly data: Buffer
}

/** State of a node after the batch that is being prepared. */
export interface StagedNode {
  head: Head
  /** Records at which the head is full, and at which it is saved. */
  capacity: number
  saveAt: number
  saved: JournalPlace | SavedHead | null
  count: number
  replaced: number
  t0: number
  t1: number
  firstSeq: number
  base: LatestChunked | null
  chunks: number
  passedSeq: number
  passedIndex: number
}

export interface MetricRow {
  readonly no: number
  readonly name: string
  readonly unit: string
}

/** Nodes and layouts by their index in a directory. Entries are missing until they are bound. */
export interface Binding {
  readonly directory: SampleDirectory
  readonly nodes: StoredNode[]
  readonly layouts: Layout[]
}

/** Most message layouts in memory; a fleet has a handful. */
const mostLayouts = 1000

/**
 * Nodes and metrics by name and by number. A number keeps its meaning even if the commit that stores it fails: the
 * next commit writes the row (`unsaved`).
 */
export class Dictionary {
  readonly #nodes = new Map<string, StoredNode>()
  readonly #nodeList: StoredNode[] = []
  readonly #metrics = new Map<string, MetricRow>()
  readonly #metricByNo: Array<MetricRow | undefined> = []
  readonly #nodeByNo: Array<StoredNode | undefined> = []
  readonly #layouts = new Map<string, Layout>()
  #bindings = new WeakMap<SampleDirectory, Binding>()
  readonly #unsavedNodes = new Set<StoredNode>()
  /** Stored nodes with another name since the last commit, and their names before. */
  readonly #renamed = new Map<StoredNode, string>()
  /** Stored metrics with another unit since the last commit, as they were before. */
  readonly #changedMetrics = new Map<string, MetricRow>()
  readonly #unsavedMetrics = new Set<string>()

  constructor(nodes: readonly StoredNodeRow[], metrics: readonly MetricRow[]) {
    for (const row of nodes) this.#addNode(row)
    for (const row of metrics) this.#putMetric(row)
  }

  nodes(): readonly StoredNode[] {
    return this.#nodeList
  }

  metrics(): readonly MetricRow[] {
    return this.#metricByNo.filter((row) => row !== undefined)
  }

  /** What the keys of a directory mean here, as far as `bindNode` and `bindLayout` have found out. */
  binding(directory: SampleDirectory): Binding {
    let binding = this.#bindings.get(directory)
    if (!binding) this.#bindings.set(directory, (binding = { directory, nodes: [], layouts: [] }))
    return binding
  }

  /** The node of a key. From now on it has the key's name. */
  bindNode({ directory, nodes }: Binding, index: number): StoredNode {
    const key = directory.nodes[index]
    if (!key) throw new StoreError(`no node has key ${index}`)
    const node = this.node(key.id, key.name)
    node.key = key
    return (nodes[index] = node)
  }

  bindLayout({ directory, layouts }: Binding, index: number): Layout {
    const layout = directory.layouts[index]
    if (!layout) throw new StoreError(`no layout has index ${index}`)
    return (layouts[index] = this.layout(layout.names))
  }

  findNode(id: string): StoredNode | undefined {
    return this.#nodes.get(id)
  }

  nodeAt(no: number): StoredNode | undefined {
    return this.#nodeByNo[no]
  }

  metricName(no: number): string {
    return this.#metricByNo[no]?.name ?? `metric ${no}`
  }

  node(id: string, name: string): StoredNode {
    const known = this.#nodes.get(id)
    if (known) {
      if (known.row.name !== name) {
        if (!this.#unsavedNodes.has(known)) this.#renamed.set(known, known.row.name)
        known.row = { ...known.row, name }
        this.#unsavedNodes.add(known)
      }
      return known
    }
    const no = this.#nodeByNo.length || 1
    const counts = { span: 0, bump: 0, chunks: 0, samples: 0, passedSeq: 0, passedIndex: 0, bytes: 0 }
    const added = this.#addNode({ no, id, name, ...counts })
    this.#unsavedNodes.add(added)
    return added
  }

  metric(name: string): number {
    const known = this.#metrics.get(name)
    if (known) return known.no
    const no = this.#metricByNo.length || 1
    this.#putMetric({ no, name, unit: '' })
    this.#unsavedMetrics.add(name)
    return no
  }

  /** The node sends this layout now: its units are the newest. */
  useLayout(node: StoredNode, layout: SampleLayout): void {
    node.sampleLayout = layout
    for (const [name, unit] of Object.entries(layout.units ?? {})) {
      const known = this.#metrics.get(name)
      if (!known || known.unit === unit) continue
      if (!this.#unsavedMetrics.has(name)) this.#changedMetrics.set(name, known)
      this.#putMetric({ ...known, unit })
      this.#unsavedMetrics.add(name)
    }
  }

  layout(names: readonly string[]): Layout {
    const key = JSON.stringify(names)
    const known = this.#layouts.get(key)
    if (known) return known
    if (this.#layouts.size >= mostLayouts) this.#layouts.clear()
    const layout = { names: [...names], metrics: names.map((name) => this.metric(name)) }
    this.#layouts.set(key, layout)
    return layout
  }

  /** Rows for the next commit. Call `saved` after the commit. */
  unsaved(): { readonly nodes: ReadonlySet<StoredNode>; readonly metrics: readonly MetricRow[] } {
    const names = this.#unsavedMetrics
    return {
      nodes: this.#unsavedNodes,
      metrics: names.size === 0 ? [] : this.metrics().filter(({ name }) => names.has(name)),
    }
  }

  saved(): void {
    this.#unsavedNodes.clear()
    this.#unsavedMetrics.clear()
    this.#renamed.clear()
    this.#changedMetrics.clear()
  }

  /** Forgets what no commit has stored. Numbers are not used again: heads may have columns for them. */
  discardUnsaved(): void {
    for (const node of this.#unsavedNodes) {
      const name = this.#renamed.get(node)
      if (name === undefined) this.#removeNode(node)
      else node.row = { ...node.row, name }
    }
    for (const name of this.#unsavedMetrics) {
      const known = this.#changedMetrics.get(name)
      if (known) this.#putMetric(known)
      else this.#removeMetric(name)
    }
    for (const node of this.#nodeList) node.sampleLayout = null
    this.#bindings = new WeakMap()
    this.#layouts.clear()
    this.saved()
  }

  #removeNode(node: StoredNode): void {
    this.#nodes.delete(node.row.id)
    this.#nodeList.splice(this.#nodeList.indexOf(node), 1)
    this.#nodeByNo[node.row.no] = undefined
  }

  #removeMetric(name: string): void {
    const known = this.#metrics.get(name)
    if (known) this.#metricByNo[known.no] = undefined
    this.#metrics.delete(name)
  }

  #addNode(row: StoredNodeRow): StoredNode {
    const head = new Head()
    const staged: StagedNode = {
      head,
      capacity: 0,
      saveAt: 0,
      saved: null,
      count: 0,
      replaced: 0,
      t0: Infinity,
      t1: -Infinity,
      firstSeq: Infinity,
      base: null,
      chunks: 0,
      passedSeq: 0,
      passedIndex: 0,
    }
    const newest: NewestRecord[] = []
    const node: StoredNode = {
      row,
      head,
      base: null,
      newest,
      times: new NodeTimes(),
      presentAt: -Infinity,
      key: null,
      sampleLayout: null,
      staged,
      stagedIn: -1,
      saved: null,
      fullAt: 0,
    }
    this.#nodes.set(row.id, node)
    this.#nodeList.push(node)
    this.#nodeByNo[row.no] = node
    return node
  }

  #putMetric(row: MetricRow): void {
    this.#metrics.set(row.name, row)
    this.#metricByNo[row.no] = row
  }
}
