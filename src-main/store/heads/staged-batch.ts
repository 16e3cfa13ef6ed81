import type { SampleBatch, SampleColumns } from '#shared/metric/sample-columns.ts'
import { encodeChunk } from '../chunk/chunk.ts'
import type { Dictionary, LatestChunked, SavedHead, StagedNode, StoredNode, StoredNodeRow } from './dictionary.ts'
import { headCapacity } from './head.ts'
import type { Head, Layout } from './head.ts'
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
  /** Whether it fills a page, as far as the head's records do. */
  readonly isFull: boolean
}

/**
 * Bytes of a full chunk. With its other columns it fills a page of 4096 bytes; two fill one of 8192, which older files
 * have.
 */
const fullBytes = 4040

/** A chunk with a smaller part of the bytes is not full yet, if the head has room for more records. */
const nearlyFull = 0.98

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
  readonly #saved = new Set<StoredNode>()

  constructor(dictionary: Dictionary, journal: JournalWriter, seq: number) {
    this.#dictionary = dictionary
    this.#journal = journal
    this.#seq = seq
    journal.clear()
  }

  /**
   * Adds samples of one partition. Of a node's records with the same time, the later one counts. A record that changes
   * nothing, a producer's retry, is not added.
   */
  add(batch: SampleBatch): void {
    const { columns } = batch
    const binding = this.#dictionary.binding(columns.directory)
    const keys = columns.directory.nodes
    this.#journal.begin(batch)
    for (let i = 0; i < columns.count; i++) {
      const key = columns.node[i] as number
      const known = binding.nodes[key]
      const isKnown = known !== undefined && known.key === keys[key]
      const node = isKnown ? known : this.#dictionary.bindNode(binding, key)
      const layoutKey = columns.layout[i] as number
      const layout = binding.layouts[layoutKey] ?? this.#dictionary.bindLayout(binding, layoutKey)
      this.#addSample(columns, i, node, layout)
    }
  }

  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  #addSample(columns: SampleColumns, i: number, node: StoredNode, layout: Layout): void {
    const at = columns.at[i] as number
    const staged = node.stagedIn === this.#id ? node.staged : this.#stage(node)
    if (staged.count > 0 && spanWith(staged, at) > longestSpanMs) this.#close(node, staged)
    if (staged.head.layout !== layout) useLayout(node, staged, layout)
    this.#noteUnits(columns, i, node)
    const slot = staged.count
    const from = columns.first[i] as number
    staged.head.write(slot, at, columns.values, from)
    const earlier = at <= staged.t1 ? staged.head.sameTime(slot) : -1
    const isRepeat =
      earlier >= 0
        ? !staged.head.complete(slot, earlier)
        : staged.base?.at === at && isInBase(staged.base, layout, columns.values.subarray(from))
    this.#journal.add(node.row.no, layout, i, isRepeat)
    if (isRepeat) return
    if (earlier >= 0) staged.replaced++
    this.#append(node, staged, at)
  }

  #noteUnits({ directory, layout }: SampleColumns, i: number, node: StoredNode): void {
    const sampleLayout = directory.layouts[layout[i] as number]
    if (sampleLayout && node.sampleLayout !== sampleLayout) this.#dictionary.useLayout(node, sampleLayout)
  }

  #append(node: StoredNode, staged: StagedNode, at: number): void {
    staged.count++
    if (at < staged.t0) staged.t0 = at
    if (at > staged.t1) staged.t1 = at
    if (staged.firstSeq === Infinity) staged.firstSeq = this.#seq
    if (staged.count >= staged.capacity) this.#closeFull(node, staged)
    else if (staged.count >= staged.saveAt) this.#save(node, staged)
  }

  /** Saves every head whose first record is in a batch before `seq`, so that the journal can be cut there. */
  saveHeadsBefore(seq: number): void {
    for (const node of this.#dictionary.nodes()) {
      if (this.#firstSeq(node) < seq) this.#save(node, this.#stage(node))
    }
  }

  /** Nodes whose row in the table of heads changes, with the new row; `null` to delete it. */
  *savedHeads(): Generator<readonly [StoredNode, SavedHead | null]> {
    for (const node of this.#saved) {
      const { saved } = node.staged
      if (saved === null) yield [node, null]
      else if ('data' in saved) yield [node, saved]
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
      const { head, count, replaced, t0, t1, firstSeq, base } = node.staged
      head.count = count
      head.replaced = replaced
      head.t0 = t0
      head.t1 = t1
      head.firstSeq = firstSeq
      if (node.head !== head) node.head.replace()
      node.head = head
      node.base = base
    }
    for (const node of this.#saved) {
      const { saved } = node.staged
      node.saved = saved && { seq: saved.seq, index: saved.index }
    }
    for (const { node, records, isFull } of this.closed) if (isFull) node.fullAt = records
    for (const [node, row] of rows) node.row = row
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
    staged.replaced = head.replaced
    staged.t0 = head.t0
    staged.t1 = head.t1
    staged.firstSeq = head.firstSeq
    staged.base = node.base
    staged.chunks = row.chunks
    staged.passedSeq = row.passedSeq
    staged.passedIndex = row.passedIndex
    staged.saved = node.saved
    if (staged.capacity <= head.count) plan(node, staged)
    this.#nodes.push(node)
    return staged
  }

  /** A head at its capacity: its chunk should fill a page. Replaced slots only give their place back. */
  #closeFull(node: StoredNode, staged: StagedNode): void {
    const { head, count } = staged
    if (staged.replaced > count / 4) {
      staged.head = head.compacted(count)
      staged.count -= staged.replaced
      staged.replaced = 0
      this.#save(node, staged)
      return
    }
    let data = encodeChunk(head.records(count), staged.chunks)
    if (data.length < nearlyFull * fullBytes && count < headCapacity && staged.chunks > 0) {
      staged.capacity = Math.min(Math.max(count + 1, Math.floor((count * fullBytes) / data.length)), headCapacity)
      return
    }
    let kept = count
    while (data.length > fullBytes && kept > 1) {
      kept = Math.min(kept - 1, Math.floor((kept * fullBytes * 0.998) / data.length))
      data = encodeChunk(head.records(kept), staged.chunks)
    }
    this.#addChunk(node, staged, { data, records: kept, isFull: staged.chunks > 0 })
  }

  #close(node: StoredNode, staged: StagedNode): void {
    const data = encodeChunk(staged.head.records(staged.count), staged.chunks)
    this.#addChunk(node, staged, { data, records: staged.count, isFull: false })
  }

  /** The first records of the head became a chunk; the others stay. */
  #addChunk(
    node: StoredNode,
    staged: StagedNode,
    { data, records: count, isFull }: Pick<ClosedHead, 'data' | 'records' | 'isFull'>,
  ): void {
    const { head } = staged
    const left = staged.count - count
    const [t0, t1] = left === 0 ? [staged.t0, staged.t1] : head.spanOf(count)
    const samples = head.valueCount(count, head.replacedIn(count))
    this.closed.push({ node, ordinal: staged.chunks, t0, t1, records: count, samples, data, isFull })
    staged.base = latestValues(head.records(count), staged.base)
    staged.chunks++
    staged.head = head.tail(count, staged.count)
    staged.count = left
    staged.replaced = staged.head.replacedIn(left)
    ;[staged.t0, staged.t1] = left === 0 ? [Infinity, -Infinity] : staged.head.spanOf(left)
    staged.firstSeq = Infinity
    staged.capacity = count >= headCapacity / 4 ? count : fullRecords(head)
    staged.saveAt = nextSave(node.row.no, staged)
    // The chunk, and the saved head if there is one, have all records of this node up to here.
    staged.passedSeq = this.#seq
    staged.passedIndex = this.#journal.count - 1
    staged.saved = null
    if (node.saved) this.#saved.add(node)
    if (left > 0) this.#save(node, staged)
  }

  /** Stores the head next to the journal, which is then no longer needed for it. */
  #save(node: StoredNode, staged: StagedNode): void {
    const data = encodeChunk(staged.head.records(staged.count), staged.chunks)
    staged.saved = { seq: this.#seq, index: this.#journal.count - 1, data }
    staged.firstSeq = Infinity
    staged.saveAt = nextSave(node.row.no, staged)
    this.#saved.add(node)
  }
}

/**
 * A head is saved when it has another half of its capacity, so the journal is as long as that takes. Nodes that start
 * together are saved at different times.
 */
function nextSave(no: number, { capacity, count }: StagedNode): number {
  const half = Math.max(capacity >> 1, 1)
  const phase = (no * 61) % half
  return (Math.floor((count - phase) / half) + 1) * half + phase
}

/** When to save and close the head. */
function plan(node: StoredNode, staged: StagedNode): void {
  staged.capacity = capacityOf(node)
  staged.saveAt = nextSave(node.row.no, staged)
}

/** The head has this layout from now on. */
function useLayout(node: StoredNode, staged: StagedNode, layout: Layout): void {
  staged.head.use(layout)
  if (staged.count === 0 && staged.chunks === 0) plan(node, staged)
}

/** First chunks have different lengths. Otherwise nodes that start together close their heads in the same batch. */
function capacityOf({ row: { no, chunks }, staged: { head, count }, fullAt }: StoredNode): number {
  const full = Math.max(fullAt > 0 ? fullAt : fullRecords(head), count + 1)
  const least = full - Math.floor(full * 0.25)
  return chunks > 0 ? full : Math.max(least + ((no * 97) % (full - least + 1)), count + 1)
}

/** Records that fill a page, if their values need as many bits as those of most servers. */
function fullRecords({ metrics }: Head): number {
  return Math.min(headCapacity, Math.floor(fullBytes / (0.2 + 1.4 * Math.max(metrics.length, 1))))
}

function spanWith({ t0, t1 }: StagedNode, at: number): number {
  return (at > t1 ? at : t1) - (at < t0 ? at : t0)
}

/** Whether the newest record in chunks has these values. It has the same time. */
function isInBase(base: LatestChunked, { metrics }: Layout, values: Float64Array): boolean {
  return metrics.every((metric, i) => Object.is(base.newest.get(metric), values[i]))
}
