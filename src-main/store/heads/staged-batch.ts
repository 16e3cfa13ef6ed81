import type { SampleBatch, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { encodeChunk } from '../chunk/chunk.ts'
import type { Dictionary, StagedNode, StoredNode, StoredNodeRow } from './dictionary.ts'
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

let batches = 0

/**
 * Changes of one batch to the heads, prepared before the transaction and applied after it: a failed commit leaves every
 * head unchanged. Records are written into free slots of the heads, which are never read.
 */
export class StagedBatch {
  readonly closed: ClosedHead[] = []
  readonly #dictionary: Dictionary
  readonly #journal: JournalWriter
  readonly #seq: number
  /** Marks the nodes that this batch staged. */
  readonly #id = ++batches
  readonly #nodes: StoredNode[] = []

  constructor(dictionary: Dictionary, journal: JournalWriter, seq: number) {
    this.#dictionary = dictionary
    this.#journal = journal
    this.#seq = seq
    journal.clear()
  }

  /** Adds samples of one partition. A record that the node's head already has, a producer's retry, is not added. */
  add(batch: SampleBatch): void {
    const { directory, count, node: keys, layout: layoutKeys, at: times, values, first } = batch.columns
    const binding = this.#dictionary.binding(directory)
    const journal = this.#journal
    journal.begin(batch)
    for (let i = 0; i < count; i++) {
      const key = keys[i] as number
      const layoutKey = layoutKeys[i] as number
      const at = times[i] as number
      let node = binding.nodes[key]
      if (!node || node.key !== directory.nodes[key]) node = this.#dictionary.bindNode(binding, key)
      const staged = node.stagedIn === this.#id ? node.staged : this.#stage(node)
      if (staged.count > 0 && spanWith(staged, at) > longestSpanMs) this.#close(node, staged)
      const layout = binding.layouts[layoutKey] ?? this.#dictionary.bindLayout(binding, layoutKey)
      if (staged.head.layout !== layout) staged.head.use(layout)
      if (node.sampleLayout !== directory.layouts[layoutKey]) this.#learnUnits(node, directory, layoutKey)
      const slot = staged.count
      staged.head.write(slot, at, values, first[i] as number)
      const isRepeat =
        slot > 0 ? at <= staged.t1 && staged.head.repeats(slot) : isInBase(staged, layout, { at, values, from: first[i] as number })
      journal.add(node.row.no, layout, i, isRepeat)
      if (isRepeat) continue
      staged.count = slot + 1
      if (at < staged.t0) staged.t0 = at
      if (at > staged.t1) staged.t1 = at
      if (slot === 0) staged.firstSeq = this.#seq
      if (slot + 1 >= staged.capacity) this.#close(node, staged)
    }
  }

  /** Closes every head whose first record is in a batch before `seq`, so that the journal can be cut there. */
  closeHeadsBefore(seq: number): void {
    for (const node of this.#dictionary.nodes()) {
      if (this.#firstSeq(node) < seq) this.#close(node, this.#stage(node))
    }
  }

  /** The oldest batch of the journal that heads need after this one. */
  neededFrom(): number {
    let needed = this.#seq + 1
    for (const node of this.#dictionary.nodes()) needed = Math.min(needed, this.#firstSeq(node))
    return needed
  }

  /** Rows of the nodes with a closed head after the batch. The writer adds spans and counts. */
  closedRows(): Map<StoredNode, StoredNodeRow> {
    return new Map(
      this.closed.map(({ node }) => {
        const { chunks, passedSeq, passedIndex } = node.staged
        return [node, { ...node.row, chunks, passedSeq, passedIndex }]
      }),
    )
  }

  /** Call after the commit. */
  apply(rows: ReadonlyMap<StoredNode, StoredNodeRow>): void {
    for (const node of this.#nodes) {
      const { head, count, t0, t1, firstSeq, base } = node.staged
      head.count = count
      head.t0 = t0
      head.t1 = t1
      head.firstSeq = firstSeq
      node.head = head
      node.base = base
    }
    for (const [node, row] of rows) node.row = row
  }

  #learnUnits(node: StoredNode, directory: SampleDirectory, index: number): void {
    const layout = directory.layouts[index]
    if (layout) this.#dictionary.useLayout(node, layout)
  }

  #firstSeq(node: StoredNode): number {
    return node.stagedIn === this.#id ? node.staged.firstSeq : node.head.firstSeq
  }

  #stage(node: StoredNode): StagedNode {
    const { staged, head, row } = node
    if (node.stagedIn === this.#id) return staged
    node.stagedIn = this.#id
    head.forgetUncommitted()
    staged.head = head
    staged.count = head.count
    staged.t0 = head.t0
    staged.t1 = head.t1
    staged.firstSeq = head.firstSeq
    staged.base = node.base
    staged.chunks = row.chunks
    staged.passedSeq = row.passedSeq
    staged.passedIndex = row.passedIndex
    staged.capacity = capacityOf(row.no, row.chunks)
    this.#nodes.push(node)
    return staged
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
    staged.capacity = headCapacity
    staged.count = 0
    staged.t0 = Infinity
    staged.t1 = -Infinity
    staged.firstSeq = Infinity
  }
}

/** First chunks have different lengths. Otherwise nodes that start together close their heads in the same batch. */
function capacityOf(no: number, chunks: number): number {
  return chunks > 0 ? headCapacity : headCapacity / 4 + ((no * 97) % ((headCapacity * 3) / 4 + 1))
}

function spanWith({ t0, t1 }: StagedNode, at: number): number {
  return Math.max(t1, at) - Math.min(t0, at)
}

interface RecordOfColumns {
  readonly at: number
  readonly values: Float64Array
  readonly from: number
}

/** Whether the newest record in chunks is the same. */
function isInBase({ base }: StagedNode, { metrics }: Layout, { at, values, from }: RecordOfColumns): boolean {
  if (base?.at !== at) return false
  return metrics.every((metric, i) => Object.is(base.values.get(metric), values[from + i]))
}
