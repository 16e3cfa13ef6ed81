import type { Layout as SampleLayout, NodeKey } from '#shared/metric/sample-columns.ts'
import type { CounterValues } from './counter-values.ts'
import type { Head } from './head.ts'
import type { NewestRecord } from './newest-records.ts'
import { NodeTimes } from './node-times.ts'

/** The table row of a part of a node. */
export interface StoredPartRow {
  readonly no: number
  readonly nodeId: string
  /** What travels together in a record, such as `disk{path=/}`; '' in ReMo's own format. */
  readonly part: string
  /** Name of the node. Only the first part of a node keeps it up to date. */
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

/** A node: what belongs to all its parts. */
export class StoredNode {
  readonly id: string
  /** That of its first part, the one with the smallest number. */
  readonly no: number
  /** By name, in order of their numbers. */
  readonly parts = new Map<string, StoredPart>()
  /** By metric: the parts with a name that have it. Part '' may have any. */
  readonly partsOf = new Map<number, StoredPart[]>()
  /** Newest record of the node, whatever its part, and the steps before it. */
  readonly times = new NodeTimes()
  /** Event time of its newest record; -Infinity without one. Records with a later one are from a clock that was ahead. */
  presentAt = -Infinity
  /** Key of its newest message. */
  key: NodeKey | null = null
  /** The part that `partOf` found last. */
  #latest: StoredPart | null = null

  constructor(id: string, no: number) {
    this.id = id
    this.no = no
  }

  /** The part of samples with this layout. Programs send their parts in the same order each time. */
  partOf(layout: SampleLayout): StoredPart | undefined {
    const expected = this.#latest?.following
    const part = expected?.sampleLayout === layout ? expected : this.parts.get(layout.part)
    if (!part) return undefined
    if (this.#latest && part !== expected) this.#latest.following = part
    this.#latest = part
    return part
  }

  get first(): StoredPart {
    return this.parts.values().next().value as StoredPart
  }

  get name(): string {
    return this.first.row.name
  }

  /** The parts that may have a metric. */
  withMetric(metric: number): readonly StoredPart[] {
    const named = this.partsOf.get(metric) ?? none
    const own = this.parts.get('')
    return own ? [own, ...named] : named
  }
}

const none: readonly StoredPart[] = []

/** Records of a node that travel together: they have a head, chunks, and a place in the journal of their own. */
export interface StoredPart {
  readonly node: StoredNode
  row: StoredPartRow
  head: Head
  base: LatestChunked | null
  /** Newest record with each list of metrics that the part had in this run or in the journal; mostly one. */
  newest: NewestRecord[]
  /** As of its node, but only of the records of the part. `null` until the evaluation has a state of it. */
  times: NodeTimes | null
  /** Newest raw values of its counters, for each partition; mostly none or one. */
  counters: CounterValues[]
  /** The message layout whose units and metrics are known. `null` of a part that is removed. */
  sampleLayout: SampleLayout | null
  /** The part of its node whose sample came behind the last one of this part. */
  following: StoredPart | null
  /** The state after the batch that is being prepared; valid if `stagedIn` is this batch. One object for all batches. */
  readonly staged: StagedPart
  stagedIn: number
  /** Its row in the table of heads; `null` without one. */
  saved: JournalPlace | null
  /** Whether the journal had a record of it at start. */
  isInJournal: boolean
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

/** State of a part after the batch that is being prepared. */
export interface StagedPart {
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

/** A part without a record. */
export function emptyStaged(head: Head): StagedPart {
  return {
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
}
