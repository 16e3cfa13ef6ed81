import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { wholeNode, type Anchor } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { BatchWrite } from '../batch-write.ts'
import { DamagedError } from '../errors.ts'
import type { SeriesTable } from '../tables/series-table.ts'
import type { Dictionary, StoredNode } from './dictionary.ts'
import type { Layout } from './head.ts'
import type { JournalRecord, PartitionName } from './journal-codec.ts'
import { newerAnchor, newestOf, type NewestRecord } from './newest-records.ts'
import { wholeNodeNo } from './node-times.ts'
import { encodeSeries, type EvaluatedSeries } from './series-codec.ts'

interface Entry {
  readonly node: StoredNode
  /** `wholeNodeNo`: the node itself. */
  readonly metric: number
  /** Its `last` may be older than the node's newest records. */
  state: SeriesState
}

interface Change {
  readonly entry: Entry
  readonly state: SeriesState
}

/** A node that sends more lists of metrics than this has its newest records folded into the states. */
const mostLists = 8

/**
 * Evaluation state of every series. Nearly every record only changes `last`, and that follows from the records: the
 * journal has them, and memory keeps the newest of each node. A row is written when anything else changes. Before a
 * batch is cut from the journal, the table stores the times that exist nowhere else.
 */
export class SeriesStateStore {
  readonly #table: SeriesTable
  readonly #dictionary: Dictionary
  /** By node number, then by metric number. */
  readonly #entries: Array<Map<number, Entry> | undefined> = []
  /** By node: metrics whose stored state is unreadable. */
  readonly #unread = new Map<number, Set<number>>()
  /** States that only memory and the journal have, with their journal batch. */
  readonly #unstored = new Map<Entry, number>()
  #changes: Change[] = []
  /** Nodes whose clocks were set back in the batch. All their series are in the changes. */
  #setBack: ReadonlySet<StoredNode> = new Set()
  #folded: Entry[] = []
  #foldedRecords: NewestRecord[] = []
  #foldedNodes: StoredNode[] = []
  #records = 0

  /** Loads the table. */
  constructor(table: SeriesTable, dictionary: Dictionary) {
    this.#table = table
    this.#dictionary = dictionary
    for (const { node: no, metric, state } of table.all()) {
      if (state === undefined) this.#unread.set(no, (this.#unread.get(no) ?? new Set()).add(metric))
      else this.#restore({ node: this.#nodeAt(no), metric, state })
    }
  }

  /** Adds nodes that have no state of their own, after the journal was read: versions before 0.2 had none. */
  addNodes(): void {
    for (const entries of this.#entries) {
      const [first] = entries?.values() ?? []
      if (first === undefined || entries?.has(wholeNodeNo) === true) continue
      const { node } = first
      let last: Anchor | null = null
      for (const { metric, state } of entries?.values() ?? []) {
        const newest = newerAnchor(node, metric, state.last)
        if (newest !== null && newest.at >= (last?.at ?? -Infinity)) last = newest
      }
      node.times.begin(last)
      this.#put({ node, metric: wholeNodeNo, state: emptySeries })
    }
  }

  /** Applies a record of the journal at start. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  replayRecord(
    node: StoredNode,
    metrics: readonly number[],
    { at, offset, partition }: JournalRecord,
    seq: number,
  ): void {
    if (partition) {
      this.#note(newestOf(node, metrics), { at, offset, partition, seq })
      node.times.note(at, offset, partition, seq)
    }
    if (at > node.presentAt) node.presentAt = at
  }

  /** Applies a time that the journal has for a series; the table may be older. It replaces what the records say. */
  replay({ node: no, last, metrics }: EvaluatedSeries, seq: number): void {
    const entries = this.#entries[no]
    const node = this.#nodeAt(no)
    node.newest = []
    node.presentAt = last.at
    for (const metric of metrics) {
      const entry = entries?.get(metric)
      if (!entry && this.#unread.get(no)?.has(metric)) continue
      if (!entry) throw new DamagedError('the journal names a series that is not stored')
      entry.state = { ...entry.state, last }
      if (metric === wholeNodeNo) node.times.setBack(last)
      else this.#unstored.set(entry, seq)
    }
  }

  /** Prepares the changes; memory stays as it is until `apply`. */
  stage(series: BatchWrite['series'], setBack: BatchWrite['setBack']): void {
    this.#setBack = new Set(setBack.flatMap((nodeId) => this.#dictionary.findNode(nodeId) ?? []))
    this.#folded = []
    this.#foldedRecords = []
    this.#foldedNodes = []
    this.#changes = series.map(({ nodeId, metric: name, state }) => {
      const node = this.#dictionary.findNode(nodeId) ?? this.#dictionary.node(nodeId, nodeId)
      const metric = name === wholeNode ? wholeNodeNo : this.#dictionary.metric(name)
      return { entry: this.#entries[node.row.no]?.get(metric) ?? { node, metric, state }, state }
    })
  }

  /**
   * Newest record of each series of the nodes that were set back, as the journal has it. The newest one of its node comes
   * last.
   */
  setBackSeries(): Buffer {
    if (this.#setBack.size === 0) return Buffer.alloc(0)
    const runs = this.#changes.flatMap(({ entry: { node, metric }, state: { last } }) =>
      last && this.#setBack.has(node) ? [{ node: node.row.no, last, metrics: [metric] }] : [],
    )
    return encodeSeries(runs.sort((a, b) => a.last.position.offset - b.last.position.offset))
  }

  /** Inside the transaction. `cut`: first batch that stays in the journal. */
  write(cut: number | null): void {
    for (const { entry, state } of this.#changes) this.#save(entry, state)
    if (cut === null) return
    const changed = new Map(this.#changes.map(({ entry, state }) => [entry, state]))
    for (const [entry, seq] of this.#unstored) {
      if (seq >= cut) continue
      if (!changed.has(entry)) this.#save(entry, entry.state)
      this.#folded.push(entry)
    }
    for (const node of this.#dictionary.nodes()) {
      if (this.#setBack.has(node)) continue
      for (const record of node.newest) if (!record.inTable && record.seq < cut) this.#fold(node, record, changed)
      const whole = node.times.isLostBefore(cut) ? this.#entries[node.row.no]?.get(wholeNodeNo) : undefined
      if (whole === undefined) continue
      if (!changed.has(whole)) this.#save(whole, whole.state)
      this.#foldedNodes.push(node)
    }
  }

  /** The transaction is committed as batch `seq`. */
  apply(samples: readonly SampleBatch[], seq: number): void {
    for (const { entry, state } of this.#changes) {
      this.#put(entry)
      entry.state = state
      this.#unstored.delete(entry)
      if (entry.metric !== wholeNodeNo) continue
      if (this.#setBack.has(entry.node)) entry.node.times.setBack(state.last, state.steps ?? [])
      entry.node.times.saved()
    }
    for (const node of this.#foldedNodes) node.times.saved()
    for (const node of this.#setBack) this.#forgetNewest(node)
    for (const entry of this.#folded) this.#unstored.delete(entry)
    for (const record of this.#foldedRecords) record.inTable = true
    for (const batch of samples) this.#noteBatch(batch, seq)
  }

  /** Every state, with its newest record. */
  *all(): Generator<Entry> {
    for (const entries of this.#entries) {
      for (const { node, metric, state } of entries?.values() ?? []) {
        const last = newerAnchor(node, metric, state.last)
        yield { node, metric, state: metric === wholeNodeNo ? node.times.applyTo(state) : { ...state, last } }
      }
    }
  }

  /** The series of the node have their own newest records. */
  #forgetNewest(node: StoredNode): void {
    node.newest = []
    let newest: Anchor | null = null
    for (const { entry, state } of this.#changes) {
      if (entry.node !== node || !state.last) continue
      if (!newest || state.last.position.offset >= newest.position.offset) newest = state.last
    }
    if (newest) node.presentAt = newest.at
  }

  #noteBatch({ topic, partition, columns }: SampleBatch, seq: number): void {
    const { directory, count, node: keys, layout: layouts, at, offset } = columns
    const binding = this.#dictionary.binding(directory)
    const name: PartitionName = { topic, partition }
    for (let i = 0; i < count; i++) {
      const node = binding.nodes[keys[i] as number] as StoredNode
      if (this.#setBack.has(node)) continue
      const { metrics } = binding.layouts[layouts[i] as number] as Layout
      let record = node.newest[0]
      if (record?.metrics !== metrics) {
        if (node.newest.length > mostLists) this.#absorb(node)
        record = newestOf(node, metrics)
      }
      const time = at[i] as number
      node.times.note(time, offset[i] as number, name, seq)
      if (time < record.at) continue
      if (time > node.presentAt) node.presentAt = time
      record.at = time
      record.offset = offset[i] as number
      record.partition = name
      record.order = ++this.#records
      record.seq = seq
      record.inTable = false
    }
  }

  #note(record: NewestRecord, newer: Pick<NewestRecord, 'at' | 'offset' | 'partition' | 'seq'>): void {
    if (newer.at < record.at) return
    Object.assign(record, newer)
    record.order = ++this.#records
    record.inTable = false
  }

  /** Puts the node's newest records into the states of its series. */
  #absorb(node: StoredNode): void {
    for (const { metrics, seq, inTable } of node.newest) {
      for (const metric of metrics) {
        const entry = this.#entries[node.row.no]?.get(metric)
        if (!entry) continue
        entry.state = { ...entry.state, last: newerAnchor(node, metric, entry.state.last) }
        if (!inTable) this.#unstored.set(entry, Math.max(seq, this.#unstored.get(entry) ?? 0))
      }
    }
    node.newest = []
  }

  #fold(node: StoredNode, record: NewestRecord, changed: ReadonlyMap<Entry, SeriesState>): void {
    for (const metric of record.metrics) {
      const entry = this.#entries[node.row.no]?.get(metric)
      if (entry) this.#save(entry, changed.get(entry) ?? entry.state)
    }
    this.#foldedRecords.push(record)
  }

  #save({ node, metric }: Entry, state: SeriesState): void {
    if (metric === wholeNodeNo) {
      const stored = this.#setBack.has(node) ? state : node.times.applyTo(state)
      this.#table.save({ node: node.row.no, metric, state: stored })
      return
    }
    const last = this.#setBack.has(node) ? state.last : newerAnchor(node, metric, state.last)
    this.#table.save({ node: node.row.no, metric, state: { ...state, last } })
  }

  #nodeAt(no: number): StoredNode {
    const node = this.#dictionary.nodeAt(no)
    if (!node) throw new DamagedError(`a series belongs to node ${no}, which is not stored`)
    return node
  }

  #restore(entry: Entry): void {
    this.#put(entry)
    if (entry.metric === wholeNodeNo) entry.node.times.restore(entry.state)
  }

  #put(entry: Entry): void {
    const { no } = entry.node.row
    const entries = (this.#entries[no] ??= new Map<number, Entry>())
    entries.set(entry.metric, entry)
    if (entry.state.last && entry.state.last.at > entry.node.presentAt) entry.node.presentAt = entry.state.last.at
  }
}
