import type { Layout as SampleLayout, SampleBatch, SampleColumns } from '#shared/metric/sample-columns.ts'
import { encodeChunk } from '../chunk/chunk.ts'
import type { BoundLayout, Dictionary } from './dictionary.ts'
import { fittingBytes, fullBytes, fullRecords, isNearlyFull, mostRecords } from './chunk-size.ts'
import { headCapacity } from './head.ts'
import type { Layout } from './head.ts'
import type { JournalWriter } from './journal-codec.ts'
import { latestValues } from './latest-values.ts'
import type { LatestChunked, SavedHead, StagedPart, StoredPart, StoredPartRow } from './stored-part.ts'

/** Longest time span of a chunk: one record with a wrong time must not slow down every range query. */
const longestSpanMs = 24 * 3600_000

/** A head that became a chunk in this batch. */
export interface ClosedHead {
  readonly part: StoredPart
  readonly ordinal: number
  readonly t0: number
  readonly t1: number
  readonly records: number
  readonly samples: number
  readonly data: Buffer
  /** Whether it fills a page, as far as the head's records do. */
  readonly isFull: boolean
}

let batches = 0

/**
 * Changes of one batch to the heads, prepared before the transaction and applied after it: a failed commit leaves every
 * head unchanged. Records are written into free slots of the heads, which are never read.
 */
export class StagedBatch {
  readonly closed: ClosedHead[] = []
  /** For each batch of samples: the part of each of them. */
  readonly partsOfSamples: Array<readonly StoredPart[]> = []
  readonly #dictionary: Dictionary
  readonly #journal: JournalWriter
  readonly #seq: number
  /** Marks the parts that this batch staged. */
  readonly #id = ++batches
  readonly #parts: StoredPart[] = []
  readonly #saved = new Set<StoredPart>()
  readonly #partCount: number

  constructor(dictionary: Dictionary, journal: JournalWriter, seq: number) {
    this.#dictionary = dictionary
    this.#journal = journal
    this.#seq = seq
    this.#partCount = dictionary.parts().length
    journal.clear()
  }

  /**
   * Adds samples of one partition. Of a part's records with the same time, the later one counts. A record that changes
   * nothing, a producer's retry, is not added.
   */
  add(batch: SampleBatch): void {
    const { columns } = batch
    const binding = this.#dictionary.binding(columns.directory)
    const keys = columns.directory.nodes
    this.#journal.begin(batch)
    const parts = new Array<StoredPart>(columns.count)
    for (let i = 0; i < columns.count; i++) {
      const key = columns.node[i] as number
      const layoutKey = columns.layout[i] as number
      const layout = binding.layouts[layoutKey] ?? this.#dictionary.bindLayout(binding, layoutKey)
      const node = binding.nodes[key]
      const sampleLayout = columns.directory.layouts[layoutKey] as SampleLayout
      const known = node?.key === keys[key] ? node?.partOf(sampleLayout) : undefined
      const part = known ?? this.#dictionary.bindPart(binding, key, layout.part)
      if (part.sampleLayout !== sampleLayout) this.#dictionary.useLayout(part, sampleLayout)
      parts[i] = part
      this.#addSample(columns, i, part, layout)
    }
    this.partsOfSamples.push(parts)
  }

  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  #addSample(columns: SampleColumns, i: number, part: StoredPart, bound: BoundLayout): void {
    const { layout } = bound
    if (layout.metrics.length === 0) {
      this.#journal.add(part.row.no, bound, i, false)
      return
    }
    const at = columns.at[i] as number
    const staged = part.stagedIn === this.#id ? part.staged : this.#stage(part)
    if (staged.count > 0 && spanWith(staged, at) > longestSpanMs) this.#close(part, staged)
    if (staged.head.layout !== layout) this.#useLayout(part, staged, layout)
    const slot = staged.count
    const from = columns.first[i] as number
    staged.head.write(slot, at, columns.values, from)
    const earlier = at <= staged.t1 ? staged.head.sameTime(slot) : -1
    const isRepeat =
      earlier >= 0
        ? !staged.head.complete(slot, earlier)
        : staged.base?.at === at && isInBase(staged.base, layout, columns.values.subarray(from))
    this.#journal.add(part.row.no, bound, i, isRepeat)
    if (isRepeat) return
    if (earlier >= 0) staged.replaced++
    this.#append(part, staged, at)
  }

  /** The head has this layout from now on. */
  #useLayout(part: StoredPart, staged: StagedPart, layout: Layout): void {
    staged.head.use(layout)
    if (staged.count === 0 && staged.chunks === 0) plan(part, staged, this.#partCount)
  }

  #append(part: StoredPart, staged: StagedPart, at: number): void {
    staged.count++
    if (at < staged.t0) staged.t0 = at
    if (at > staged.t1) staged.t1 = at
    if (staged.firstSeq === Infinity) staged.firstSeq = this.#seq
    if (staged.count >= staged.capacity) this.#closeFull(part, staged)
    else if (staged.count >= staged.saveAt) this.#save(part, staged)
  }

  /** Saves every head whose first record is in a batch before `seq`, so that the journal can be cut there. */
  saveHeadsBefore(seq: number): void {
    for (const part of this.#dictionary.parts()) {
      if (this.#firstSeq(part) < seq) this.#save(part, this.#stage(part))
    }
  }

  /** Parts whose row in the table of heads changes, with the new row; `null` to delete it. */
  *savedHeads(): Generator<readonly [StoredPart, SavedHead | null]> {
    for (const part of this.#saved) {
      const { saved } = part.staged
      if (saved === null) yield [part, null]
      else if ('data' in saved) yield [part, saved]
    }
  }

  /** The oldest batch of the journal that heads need after this one. */
  neededFrom(): number {
    let needed = this.#seq + 1
    for (const part of this.#dictionary.parts()) needed = Math.min(needed, this.#firstSeq(part))
    return needed
  }

  /** Rows of the parts with a closed head after the batch. The writer adds spans and counts. */
  closedRows(): Map<StoredPart, StoredPartRow> {
    return new Map(
      this.closed.map(({ part }) => {
        const { chunks, passedSeq, passedIndex } = part.staged
        return [part, { ...part.row, chunks, passedSeq, passedIndex }]
      }),
    )
  }

  /** Call after the commit. */
  apply(rows: ReadonlyMap<StoredPart, StoredPartRow>): void {
    for (const part of this.#parts) {
      const { head, count, replaced, t0, t1, firstSeq, base } = part.staged
      head.count = count
      head.replaced = replaced
      head.t0 = t0
      head.t1 = t1
      head.firstSeq = firstSeq
      if (part.head !== head) part.head.replace()
      part.head = head
      part.base = base
    }
    for (const part of this.#saved) {
      const { saved } = part.staged
      part.saved = saved && { seq: saved.seq, index: saved.index }
    }
    for (const { part, records, isFull } of this.closed) if (isFull) part.fullAt = records
    for (const [part, row] of rows) part.row = row
  }

  #firstSeq(part: StoredPart): number {
    return part.stagedIn === this.#id ? part.staged.firstSeq : part.head.firstSeq
  }

  #stage(part: StoredPart): StagedPart {
    const { staged, head, row } = part
    if (part.stagedIn === this.#id) return staged
    part.stagedIn = this.#id
    head.forgetUncommitted()
    staged.head = head
    staged.count = head.count
    staged.replaced = head.replaced
    staged.t0 = head.t0
    staged.t1 = head.t1
    staged.firstSeq = head.firstSeq
    staged.base = part.base
    staged.chunks = row.chunks
    staged.passedSeq = row.passedSeq
    staged.passedIndex = row.passedIndex
    staged.saved = part.saved
    if (staged.capacity <= head.count || staged.capacity > mostRecords(head, this.#partCount)) {
      plan(part, staged, this.#partCount)
    }
    this.#parts.push(part)
    return staged
  }

  /** A head at its capacity: its chunk should fill a page. Replaced slots only give their place back. */
  #closeFull(part: StoredPart, staged: StagedPart): void {
    const { head, count } = staged
    if (staged.replaced > count / 4) {
      staged.head = head.compacted(count)
      staged.count -= staged.replaced
      staged.replaced = 0
      this.#save(part, staged)
      return
    }
    let data = encodeChunk(head.records(count), staged.chunks)
    const most = mostRecords(head, this.#partCount)
    if (!isNearlyFull(data) && count < most && staged.chunks > 0) {
      staged.capacity = Math.min(Math.max(count + 1, Math.floor((count * fullBytes) / data.length)), most)
      staged.head.capacity = staged.capacity
      return
    }
    const limit = most < headCapacity && staged.chunks > 0 ? fittingBytes(data) : fullBytes
    let kept = count
    while (data.length > limit && kept > 1) {
      kept = Math.min(kept - 1, Math.floor((kept * limit * 0.998) / data.length))
      data = encodeChunk(head.records(kept), staged.chunks)
    }
    this.#addChunk(part, staged, { data, records: kept, isFull: staged.chunks > 0 })
  }

  #close(part: StoredPart, staged: StagedPart): void {
    const data = encodeChunk(staged.head.records(staged.count), staged.chunks)
    this.#addChunk(part, staged, { data, records: staged.count, isFull: false })
  }

  /** The first records of the head became a chunk; the others stay. */
  #addChunk(
    part: StoredPart,
    staged: StagedPart,
    { data, records: count, isFull }: Pick<ClosedHead, 'data' | 'records' | 'isFull'>,
  ): void {
    const { head } = staged
    const left = staged.count - count
    const [t0, t1] = left === 0 ? [staged.t0, staged.t1] : head.spanOf(count)
    const samples = head.valueCount(count, head.replacedIn(count))
    this.closed.push({ part, ordinal: staged.chunks, t0, t1, records: count, samples, data, isFull })
    staged.base = latestValues(head.records(count), staged.base)
    staged.chunks++
    staged.head = head.tail(count, staged.count)
    staged.count = left
    staged.replaced = staged.head.replacedIn(left)
    ;[staged.t0, staged.t1] = left === 0 ? [Infinity, -Infinity] : staged.head.spanOf(left)
    staged.firstSeq = Infinity
    staged.capacity = count >= headCapacity / 4 ? count : fullRecords(head, this.#partCount)
    staged.capacity = Math.max(staged.capacity, left + 1)
    staged.head.capacity = staged.capacity
    staged.saveAt = nextSave(part.row.no, staged)
    // The chunk, and the saved head if there is one, have all records of this part up to here.
    staged.passedSeq = this.#seq
    staged.passedIndex = this.#journal.count - 1
    staged.saved = null
    if (part.saved) this.#saved.add(part)
    if (left > 0) this.#save(part, staged)
  }

  /** Stores the head next to the journal, which is then no longer needed for it. */
  #save(part: StoredPart, staged: StagedPart): void {
    const data = encodeChunk(staged.head.records(staged.count), staged.chunks)
    staged.saved = { seq: this.#seq, index: this.#journal.count - 1, data }
    staged.firstSeq = Infinity
    staged.saveAt = nextSave(part.row.no, staged)
    this.#saved.add(part)
  }
}

/**
 * A head is saved when it has another half of its capacity, so the journal is as long as that takes. Nodes that start
 * together are saved at different times.
 */
function nextSave(no: number, { capacity, count }: StagedPart): number {
  const half = Math.max(capacity >> 1, 1)
  const phase = (no * 61) % half
  return (Math.floor((count - phase) / half) + 1) * half + phase
}

/** When to save and close the head. */
function plan(part: StoredPart, staged: StagedPart, partCount: number): void {
  staged.capacity = capacityOf(part, partCount)
  staged.head.capacity = staged.capacity
  staged.saveAt = nextSave(part.row.no, staged)
}

/** First chunks have different lengths. Otherwise parts that start together close their heads in the same batch. */
function capacityOf({ row: { no, chunks }, staged: { head, count }, fullAt }: StoredPart, partCount: number): number {
  const usual = fullAt > 0 ? Math.min(fullAt, mostRecords(head, partCount)) : fullRecords(head, partCount)
  const full = Math.max(usual, count + 1)
  const least = full - Math.floor(full * 0.25)
  return chunks > 0 ? full : Math.max(least + ((no * 97) % (full - least + 1)), count + 1)
}

function spanWith({ t0, t1 }: StagedPart, at: number): number {
  return (at > t1 ? at : t1) - (at < t0 ? at : t0)
}

/** Whether the newest record in chunks has these values. It has the same time. */
function isInBase(base: LatestChunked, { metrics }: Layout, values: Float64Array): boolean {
  return metrics.every((metric, i) => Object.is(base.newest.get(metric), values[i]))
}
