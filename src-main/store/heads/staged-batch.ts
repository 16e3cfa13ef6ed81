import type { Sample } from '#shared/metric/sample.ts'
import { encodeChunk } from '../chunk/chunk.ts'
import type { LatestChunked, Dictionary, StoredNodeRow, StoredNode } from './dictionary.ts'
import { Head, headCapacity } from './head.ts'
import type { Layout } from './head.ts'
import type { JournalWriter } from './journal-codec.ts'
import { latestValues } from './latest-values.ts'

/** Longest time span of a chunk: one record with a wrong time must not slow down every range query. */
const longestSpanMs = 24 * 3600_000

/** A head that became a chunk in this batch. */
export interface ClosedHead {
  readonly node: StoredNode
  readonly ordinal: number
  readonly t0: number
  readonly t1: number
  readonly records: number
  readonly samples: number
  readonly data: Buffer
}

interface StagedNode {
  head: Head
  count: number
  t0: number
  t1: number
  firstSeq: number
  base: LatestChunked | null
  chunks: number
  passedSeq: number
  passedIndex: number
}

/**
 * Changes of one batch to the heads, prepared before the transaction and applied after it: a failed commit leaves every
 * head unchanged. Records are written into free slots of the heads, which are never read.
 */
export class StagedBatch {
  readonly closed: ClosedHead[] = []
  readonly #dictionary: Dictionary
  readonly #journal: JournalWriter
  readonly #seq: number
  readonly #nodes = new Map<StoredNode, StagedNode>()

  constructor(dictionary: Dictionary, journal: JournalWriter, seq: number) {
    this.#dictionary = dictionary
    this.#journal = journal
    this.#seq = seq
    journal.clear()
  }

  /** Adds a sample. Skips a record that the node's head already has: a producer's retry. */
  add(sample: Sample): void {
    const node = this.#dictionary.node(sample.nodeId, sample.nodeName)
    const staged = this.#staged(node)
    if (staged.count > 0 && spanWith(staged, sample.at) > longestSpanMs) this.#close(node, staged)
    const { metrics } = this.#layoutOf(staged.head, sample)
    if (isRepeat(staged, metrics, sample)) return
    this.#journal.add(node.row.no, metrics, sample)
    this.#append(staged, sample)
    if (staged.count >= capacityOf(node, staged)) this.#close(node, staged)
  }

  /** Closes every head whose first record is in a batch before `seq`, so that the journal can be cut there. */
  closeHeadsBefore(seq: number): void {
    for (const node of this.#dictionary.nodes()) {
      const firstSeq = this.#nodes.get(node)?.firstSeq ?? node.head.firstSeq
      if (firstSeq < seq) this.#close(node, this.#staged(node))
    }
  }

  /** The oldest batch of the journal that heads need after this one. */
  neededFrom(): number {
    let needed = this.#seq + 1
    for (const node of this.#dictionary.nodes()) {
      needed = Math.min(needed, this.#nodes.get(node)?.firstSeq ?? node.head.firstSeq)
    }
    return needed
  }

  /** Rows of the nodes with a closed head after the batch. The writer adds spans and counts. */
  closedRows(): Map<StoredNode, StoredNodeRow> {
    return new Map(
      this.closed.map(({ node }) => {
        const { chunks, passedSeq, passedIndex } = this.#staged(node)
        return [node, { ...node.row, chunks, passedSeq, passedIndex }]
      }),
    )
  }

  /** Call after the commit. */
  apply(rows: ReadonlyMap<StoredNode, StoredNodeRow>): void {
    for (const [node, staged] of this.#nodes) {
      node.head = staged.head
      node.head.count = staged.count
      node.head.t0 = staged.t0
      node.head.t1 = staged.t1
      node.head.firstSeq = staged.firstSeq
      node.base = staged.base
    }
    for (const [node, row] of rows) node.row = row
  }

  #staged(node: StoredNode): StagedNode {
    const known = this.#nodes.get(node)
    if (known) return known
    const { head, base, row } = node
    const { chunks, passedSeq, passedIndex } = row
    const { count, t0, t1, firstSeq } = head
    const staged = { head, count, t0, t1, firstSeq, base, chunks, passedSeq, passedIndex }
    this.#nodes.set(node, staged)
    return staged
  }

  #layoutOf(head: Head, sample: Sample): Layout {
    if (head.layout && sameNames(head.layout.names, sample.names)) return head.layout
    const layout = this.#dictionary.layout(sample.names)
    head.use(layout)
    if (sample.units) this.#dictionary.learnUnits(sample.units)
    return layout
  }

  #append(staged: StagedNode, { at, values }: Sample): void {
    staged.head.write(staged.count, at, values)
    staged.count++
    staged.t0 = Math.min(staged.t0, at)
    staged.t1 = Math.max(staged.t1, at)
    staged.firstSeq = Math.min(staged.firstSeq, this.#seq)
  }

  #close(node: StoredNode, staged: StagedNode): void {
    const records = staged.head.records(staged.count)
    this.closed.push({
      node,
      ordinal: staged.chunks,
      t0: staged.t0,
      t1: staged.t1,
      records: staged.count,
      samples: staged.head.valueCount(staged.count),
      data: encodeChunk(records, staged.chunks),
    })
    staged.base = latestValues(records, staged.base)
    staged.chunks++
    // The chunk has all records of this node up to here.
    staged.passedSeq = this.#seq
    staged.passedIndex = this.#journal.count - 1
    staged.head = new Head()
    staged.count = 0
    staged.t0 = Infinity
    staged.t1 = -Infinity
    staged.firstSeq = Infinity
  }
}

/** First chunks have different lengths. Otherwise nodes that start together close their heads in the same batch. */
function capacityOf(node: StoredNode, staged: StagedNode): number {
  return staged.chunks > 0 ? headCapacity : headCapacity / 4 + ((node.row.no * 97) % ((headCapacity * 3) / 4 + 1))
}

function spanWith(staged: StagedNode, at: number): number {
  return Math.max(staged.t1, at) - Math.min(staged.t0, at)
}

function isRepeat(staged: StagedNode, metrics: readonly number[], { at, values }: Sample): boolean {
  if (staged.count > 0) return at <= staged.t1 && staged.head.hasSample(staged.count, at, values)
  const { base } = staged
  if (base?.at !== at) return false
  return metrics.every((metric, i) => Object.is(base.values.get(metric), values[i]))
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
