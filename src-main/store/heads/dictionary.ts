import { Head } from './head.ts'
import type { Layout } from './head.ts'

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
}

/** Newest values in chunks. The head has newer ones. */
export interface LatestChunked {
  readonly at: number
  readonly intervalMs: number | null
  readonly values: ReadonlyMap<number, number>
}

export interface StoredNode {
  row: StoredNodeRow
  head: Head
  base: LatestChunked | null
}

export interface MetricRow {
  readonly no: number
  readonly name: string
  readonly unit: string
}

/** Most message layouts in memory; a fleet has a handful. */
const mostLayouts = 1000

/**
 * Nodes and metrics by name and by number. A number keeps its meaning even if the commit that stores it fails: the
 * next commit writes the row (`unsaved`).
 */
export class Dictionary {
  readonly #nodes = new Map<string, StoredNode>()
  readonly #metrics = new Map<string, MetricRow>()
  readonly #metricByNo: MetricRow[] = []
  readonly #nodeByNo: StoredNode[] = []
  readonly #layouts = new Map<string, Layout>()
  readonly #unsavedNodes = new Set<StoredNode>()
  readonly #unsavedMetrics = new Set<string>()

  constructor(nodes: readonly StoredNodeRow[], metrics: readonly MetricRow[]) {
    for (const row of nodes) this.#addNode(row)
    for (const row of metrics) this.#putMetric(row)
  }

  nodes(): IterableIterator<StoredNode> {
    return this.#nodes.values()
  }

  metrics(): readonly MetricRow[] {
    return this.#metricByNo.filter((row) => row !== undefined)
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
        known.row = { ...known.row, name }
        this.#unsavedNodes.add(known)
      }
      return known
    }
    const no = this.#nodeByNo.length || 1
    const added = this.#addNode({ no, id, name, span: 0, bump: 0, chunks: 0, samples: 0, passedSeq: 0, passedIndex: 0 })
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

  learnUnits(units: Readonly<Record<string, string>>): void {
    for (const [name, unit] of Object.entries(units)) {
      const known = this.#metrics.get(name)
      if (!known || known.unit === unit) continue
      this.#putMetric({ ...known, unit })
      this.#unsavedMetrics.add(name)
    }
  }

  layout(names: readonly string[]): Layout {
    const key = names.join('\n')
    const known = this.#layouts.get(key)
    if (known) return known
    if (this.#layouts.size >= mostLayouts) this.#layouts.clear()
    const layout = { names: [...names], metrics: names.map((name) => this.metric(name)) }
    this.#layouts.set(key, layout)
    return layout
  }

  /** Rows for the next commit. Call `saved` after the commit. */
  unsaved(): { readonly nodes: ReadonlySet<StoredNode>; readonly metrics: readonly MetricRow[] } {
    return { nodes: this.#unsavedNodes, metrics: this.metrics().filter(({ name }) => this.#unsavedMetrics.has(name)) }
  }

  saved(): void {
    this.#unsavedNodes.clear()
    this.#unsavedMetrics.clear()
  }

  #addNode(row: StoredNodeRow): StoredNode {
    const node = { row, head: new Head(), base: null }
    this.#nodes.set(row.id, node)
    this.#nodeByNo[row.no] = node
    return node
  }

  #putMetric(row: MetricRow): void {
    this.#metrics.set(row.name, row)
    this.#metricByNo[row.no] = row
  }
}
