import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { Series } from '#shared/alert/series.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { Sample } from '#shared/metric/sample.ts'
import type { BatchWrite } from '../../store/batch-write.ts'

type SeriesRow = BatchWrite['series'][number]

/** One series and what evaluation remembers of it: `state` is stored, `next` waits for the commit. */
export interface SeriesEntry {
  series: Series
  state: SeriesState
  next: SeriesState
  /** When its newest record came in, in this run: not stored, and never part of what evaluation computes. */
  receivedAt?: number
}

interface Node {
  readonly id: string
  name: string
  readonly entries: Map<string, SeriesEntry>
  /** Entries in the order of the node's last message, which its next one most probably has too. */
  names: readonly string[]
  inOrder: SeriesEntry[]
}

/**
 * Evaluation state of every series, in memory. Steps are staged and become real by `commit`, so that a transaction
 * that fails leaves nothing behind and the same records can be judged again.
 */
export class StagedSeries {
  readonly #nodes = new Map<string, Node>()
  readonly #staged: SeriesEntry[] = []

  /** Takes the rows that a run before this one stored. */
  restore(rows: readonly SeriesRow[], nameOf: (nodeId: string) => string): void {
    for (const { nodeId, metric, state } of rows) {
      const node = this.#node(nodeId, nameOf(nodeId))
      node.entries.set(metric, { series: { nodeId, nodeName: node.name, metric }, state, next: state })
    }
  }

  /** The entries of a sample's metrics, in the sample's order. */
  entriesForSample(sample: Sample): readonly SeriesEntry[] {
    const node = this.#node(sample.nodeId, sample.nodeName)
    if (node.name !== sample.nodeName) rename(node, sample.nodeName)
    if (!areEqual(node.names, sample.names)) {
      node.names = sample.names
      node.inOrder = sample.names.map((metric) => entryOf(node, metric))
    }
    return node.inOrder
  }

  find(nodeId: string, metric: string): SeriesEntry | undefined {
    return this.#nodes.get(nodeId)?.entries.get(metric)
  }

  /** Every series that was ever seen. */
  *all(): Iterable<SeriesEntry> {
    for (const node of this.#nodes.values()) yield* node.entries.values()
  }

  stage(entry: SeriesEntry, next: SeriesState): void {
    if (next === entry.next) return
    if (entry.next === entry.state) this.#staged.push(entry)
    entry.next = next
  }

  /** All that is staged, for the transaction that makes it last. */
  staged(): SeriesRow[] {
    return this.#staged.map(({ series, next }) => ({ nodeId: series.nodeId, metric: series.metric, state: next }))
  }

  /** `receivedAt`: when the records came in that moved the series; epoch ms of this machine's clock. */
  commit(receivedAt?: number): void {
    for (const entry of this.#staged) {
      entry.state = entry.next
      if (receivedAt !== undefined) entry.receivedAt = receivedAt
    }
    this.#staged.length = 0
  }

  rollback(): void {
    for (const entry of this.#staged) entry.next = entry.state
    this.#staged.length = 0
  }

  #node(id: string, name: string): Node {
    let node = this.#nodes.get(id)
    if (!node) this.#nodes.set(id, (node = { id, name, entries: new Map(), names: [], inOrder: [] }))
    return node
  }
}

function entryOf(node: Node, metric: string): SeriesEntry {
  let entry = node.entries.get(metric)
  if (!entry) {
    const series = { nodeId: node.id, nodeName: node.name, metric }
    node.entries.set(metric, (entry = { series, state: emptySeries, next: emptySeries }))
  }
  return entry
}

function rename(node: Node, name: string): void {
  node.name = name
  for (const entry of node.entries.values()) entry.series = { ...entry.series, nodeName: name }
}

function areEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
