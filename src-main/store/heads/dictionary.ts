import type { Layout as SampleLayout, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { StoreError } from '../errors.ts'
import { Head } from './head.ts'
import type { Layout } from './head.ts'
import { emptyStaged, StoredNode, type StoredPart, type StoredPartRow } from './stored-part.ts'

export interface MetricRow {
  readonly no: number
  readonly name: string
  readonly unit: string
}

/** A metric of a part with a name. */
export interface PartMetric {
  readonly part: number
  readonly metric: number
}

/** A layout of messages, as numbers. */
export interface BoundLayout {
  readonly part: string
  readonly layout: Layout
  /** Metrics whose raw values the samples have, too. */
  readonly counters: readonly number[]
}

/** Nodes and layouts by their index in a directory. Entries are missing until they are bound. */
export interface Binding {
  readonly directory: SampleDirectory
  readonly nodes: StoredNode[]
  readonly layouts: BoundLayout[]
}

/** What the tables have at start. */
export interface DictionaryRows {
  readonly parts: readonly StoredPartRow[]
  readonly metrics: readonly MetricRow[]
  readonly partMetrics: Iterable<PartMetric>
}

/** Rows that no commit has stored yet. */
export interface UnsavedRows {
  readonly parts: ReadonlySet<StoredPart>
  readonly metrics: readonly MetricRow[]
  readonly partMetrics: readonly PartMetric[]
}

/** Most lists of metrics in memory. Each series of some producers is a list of its own. */
const mostLayouts = 200_000

/**
 * Nodes, their parts, and metrics, by name and by number. A number keeps its meaning even if the commit that stores it
 * fails: the next commit writes the row (`unsaved`).
 */
export class Dictionary {
  readonly #nodes = new Map<string, StoredNode>()
  #parts: StoredPart[] = []
  readonly #metrics = new Map<string, MetricRow>()
  readonly #metricByNo: Array<MetricRow | undefined> = []
  readonly #partByNo: Array<StoredPart | undefined> = []
  readonly #layouts = new Map<string | number, Layout>()
  #bindings = new WeakMap<SampleDirectory, Binding>()
  readonly #unsavedParts = new Set<StoredPart>()
  /** First parts of nodes with another name since the last commit, and their names before. */
  readonly #renamed = new Map<StoredPart, string>()
  /** Stored metrics with another unit since the last commit, as they were before. */
  readonly #changedMetrics = new Map<string, MetricRow>()
  readonly #unsavedMetrics = new Set<string>()
  #unsavedPartMetrics: PartMetric[] = []

  constructor({ parts, metrics, partMetrics }: DictionaryRows) {
    for (const row of parts) this.#addPart(row)
    for (const row of metrics) this.#putMetric(row)
    for (const { part: no, metric } of partMetrics) {
      const part = this.#partByNo[no]
      if (part) linkMetric(part, metric)
    }
  }

  get nodeCount(): number {
    return this.#nodes.size
  }

  nodes(): Iterable<StoredNode> {
    return this.#nodes.values()
  }

  /** Parts of all nodes, by number. */
  parts(): readonly StoredPart[] {
    return this.#parts
  }

  metrics(): readonly MetricRow[] {
    return this.#metricByNo.filter((row) => row !== undefined)
  }

  /** What the keys of a directory mean here, as far as `bindPart` and `bindLayout` have found out. */
  binding(directory: SampleDirectory): Binding {
    let binding = this.#bindings.get(directory)
    if (!binding) this.#bindings.set(directory, (binding = { directory, nodes: [], layouts: [] }))
    return binding
  }

  /** A part of the node of a key. From now on the node has the key's name. */
  bindPart({ directory, nodes }: Binding, index: number, name: string): StoredPart {
    const key = directory.nodes[index]
    if (!key) throw new StoreError(`no node has key ${index}`)
    const part = this.part(key.id, key.name, name)
    part.node.key = key
    nodes[index] = part.node
    return part
  }

  bindLayout({ directory, layouts }: Binding, index: number): BoundLayout {
    const layout = directory.layouts[index]
    if (!layout) throw new StoreError(`no layout has index ${index}`)
    const counters = layout.counters.map((name) => this.metric(name))
    return (layouts[index] = { part: layout.part, layout: this.layout(layout.names), counters })
  }

  findNode(id: string): StoredNode | undefined {
    return this.#nodes.get(id)
  }

  partAt(no: number): StoredPart | undefined {
    return this.#partByNo[no]
  }

  metricName(no: number): string {
    return this.#metricByNo[no]?.name ?? `metric ${no}`
  }

  /** The number of a known metric. */
  findMetric(name: string): number | undefined {
    return this.#metrics.get(name)?.no
  }

  /** A part of a node, which has this name from now on. */
  part(nodeId: string, nodeName: string, name: string): StoredPart {
    const node = this.#nodes.get(nodeId)
    if (node) this.#rename(node.first, nodeName)
    const known = node?.parts.get(name)
    if (known) return known
    const no = this.#partByNo.length || 1
    const counts = { span: 0, bump: 0, chunks: 0, samples: 0, passedSeq: 0, passedIndex: 0, bytes: 0 }
    const added = this.#addPart({ no, nodeId, part: name, name: nodeName, ...counts })
    this.#unsavedParts.add(added)
    return added
  }

  /** Forgets parts that are not stored any more. */
  remove(parts: readonly StoredPart[]): void {
    for (const part of parts) {
      for (const metric of part.node.partsOf.keys()) unlinkMetric(part, metric)
      this.#removePart(part)
    }
    if (parts.length > 0) this.#parts = this.#parts.filter((part) => this.#partByNo[part.row.no] === part)
  }

  metric(name: string): number {
    const known = this.#metrics.get(name)
    if (known) return known.no
    const no = this.#metricByNo.length || 1
    this.#putMetric({ no, name, unit: '' })
    this.#unsavedMetrics.add(name)
    return no
  }

  /** The part has this layout now: its units are the newest, and its metrics are known. */
  useLayout(part: StoredPart, layout: SampleLayout): void {
    part.sampleLayout = layout
    for (const [name, unit] of Object.entries(layout.units ?? {})) {
      const known = this.#metrics.get(name)
      if (!known || known.unit === unit) continue
      if (!this.#unsavedMetrics.has(name)) this.#changedMetrics.set(name, known)
      this.#putMetric({ ...known, unit })
      this.#unsavedMetrics.add(name)
    }
    if (part.row.part === '') return
    for (const name of layout.names) {
      const metric = this.metric(name)
      if (part.node.partsOf.get(metric)?.includes(part) === true) continue
      // Another thread may know the parts with this metric: it asks again.
      for (const other of part.node.withMetric(metric)) other.head.replace()
      linkMetric(part, metric)
      this.#unsavedPartMetrics.push({ part: part.row.no, metric })
    }
  }

  layout(names: readonly string[]): Layout {
    return this.layoutOf(names.map((name) => this.metric(name)))
  }

  /** The layout with these numbers: the same object for the same ones. */
  layoutOf(metrics: readonly number[]): Layout {
    const key = metrics.length === 1 ? (metrics[0] as number) : metrics.join(' ')
    const known = this.#layouts.get(key)
    if (known) return known
    if (this.#layouts.size >= mostLayouts) this.#layouts.clear()
    const layout = { names: metrics.map((metric) => this.metricName(metric)), metrics: [...metrics] }
    this.#layouts.set(key, layout)
    return layout
  }

  /** Rows for the next commit. Call `saved` after the commit. */
  unsaved(): UnsavedRows {
    const names = this.#unsavedMetrics
    return {
      parts: this.#unsavedParts,
      metrics: names.size === 0 ? [] : this.metrics().filter(({ name }) => names.has(name)),
      partMetrics: this.#unsavedPartMetrics,
    }
  }

  saved(): void {
    this.#unsavedParts.clear()
    this.#unsavedMetrics.clear()
    this.#renamed.clear()
    this.#changedMetrics.clear()
    if (this.#unsavedPartMetrics.length > 0) this.#unsavedPartMetrics = []
  }

  /** Forgets what no commit has stored. Numbers are not used again: heads may have columns for them. */
  discardUnsaved(): void {
    for (const { part: no, metric } of this.#unsavedPartMetrics) {
      const part = this.#partByNo[no]
      if (part) unlinkMetric(part, metric)
    }
    for (const part of this.#unsavedParts) {
      const name = this.#renamed.get(part)
      if (name === undefined) this.#removePart(part)
      else part.row = { ...part.row, name }
    }
    this.#parts = this.#parts.filter((part) => this.#partByNo[part.row.no] === part)
    for (const name of this.#unsavedMetrics) {
      const known = this.#changedMetrics.get(name)
      if (known) this.#putMetric(known)
      else this.#removeMetric(name)
    }
    for (const part of this.#parts) part.sampleLayout = null
    this.#bindings = new WeakMap()
    this.#layouts.clear()
    this.saved()
  }

  #rename(first: StoredPart, name: string): void {
    if (first.row.name === name) return
    if (!this.#unsavedParts.has(first)) this.#renamed.set(first, first.row.name)
    first.row = { ...first.row, name }
    this.#unsavedParts.add(first)
  }

  #removePart(part: StoredPart): void {
    const { node, row } = part
    part.sampleLayout = null
    node.parts.delete(row.part)
    if (node.parts.size === 0) this.#nodes.delete(node.id)
    this.#partByNo[row.no] = undefined
  }

  #removeMetric(name: string): void {
    const known = this.#metrics.get(name)
    if (known) this.#metricByNo[known.no] = undefined
    this.#metrics.delete(name)
  }

  #addPart(row: StoredPartRow): StoredPart {
    const head = new Head()
    const node = this.#nodes.get(row.nodeId) ?? new StoredNode(row.nodeId, row.no)
    const part: StoredPart = {
      node,
      row,
      head,
      base: null,
      newest: [],
      times: null,
      counters: [],
      sampleLayout: null,
      following: null,
      staged: emptyStaged(head),
      stagedIn: -1,
      saved: null,
      isInJournal: false,
      fullAt: 0,
    }
    node.parts.set(row.part, part)
    this.#nodes.set(node.id, node)
    this.#parts.push(part)
    this.#partByNo[row.no] = part
    return part
  }

  #putMetric(row: MetricRow): void {
    this.#metrics.set(row.name, row)
    this.#metricByNo[row.no] = row
  }
}

function linkMetric(part: StoredPart, metric: number): void {
  const parts = part.node.partsOf.get(metric)
  if (parts) parts.push(part)
  else part.node.partsOf.set(metric, [part])
}

function unlinkMetric(part: StoredPart, metric: number): void {
  const rest = (part.node.partsOf.get(metric) ?? []).filter((other) => other !== part)
  if (rest.length > 0) part.node.partsOf.set(metric, rest)
  else part.node.partsOf.delete(metric)
}
