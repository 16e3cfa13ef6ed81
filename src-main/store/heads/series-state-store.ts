import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { wholeNode, type Anchor } from '#shared/alert/series.ts'
import { emptySeries } from '#shared/evaluation/evaluate.ts'
import type { SeriesState } from '#shared/evaluation/series-state.ts'
import type { BatchWrite, SeriesWrite } from '../batch-write.ts'
import { DamagedError } from '../errors.ts'
import type { SeriesTable } from '../tables/series-table.ts'
import type { BoundLayout, Dictionary } from './dictionary.ts'
import type { JournalRecord } from './journal-codec.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'
import { newerAnchor, newestOf, type NewestRecord } from './newest-records.ts'
import { NodeTimes, wholeNodeNo, wholePartNo } from './node-times.ts'
import { encodeSeries, type EvaluatedSeries } from './series-codec.ts'
import type { StoredNode, StoredPart } from './stored-part.ts'

interface Entry {
  readonly node: StoredNode
  /** The state is that of this part as a whole. `null`: of a metric, or of the node. */
  readonly part: StoredPart | null
  /** `wholeNodeNo`: the node itself; `wholePartNo`: the part. */
  readonly metric: number
  /** Its `last` may be older than the node's newest records. */
  state: SeriesState
}

interface Change {
  readonly entry: Entry
  readonly state: SeriesState
}

/** A part with more lists of metrics than this has its newest records folded into the states. */
const mostLists = 8

/**
 * Evaluation state of every series. Nearly every record only changes `last`, and that follows from the records: the
 * journal has them, and memory keeps the newest of each part. A row is written when anything else changes. Before a
 * batch is cut from the journal, the table stores the times that exist nowhere else.
 */
export class SeriesStateStore {
  readonly #table: SeriesTable
  readonly #dictionary: Dictionary
  /** By number of the node, or of the part if the state is that of a part; then by metric number. */
  readonly #entries: Array<Map<number, Entry> | undefined> = []
  /** By the same number: metrics whose stored state is unreadable. */
  readonly #unread = new Map<number, Set<number>>()
  /** States that only memory and the journal have, with their journal batch. */
  readonly #unstored = new Map<Entry, number>()
  #changes: Change[] = []
  /** Nodes whose clocks were set back in the batch. All their series are in the changes. */
  #setBack: ReadonlySet<StoredNode> = new Set()
  #folded: Entry[] = []
  #foldedRecords: NewestRecord[] = []
  #foldedTimes: NodeTimes[] = []
  #records = 0

  /** Loads the table. */
  constructor(table: SeriesTable, dictionary: Dictionary) {
    this.#table = table
    this.#dictionary = dictionary
    for (const { node: no, metric, state } of table.all()) {
      const part = this.#partAt(no)
      const own = { node: part.node, part: metric === wholePartNo ? part : null, metric }
      if (state === undefined) this.#unread.set(no, (this.#unread.get(no) ?? new Set()).add(metric))
      else this.#restore({ ...own, state })
    }
  }

  /** Adds nodes that have no state of their own, after the journal was read: versions before 0.2 had none. */
  addNodes(): void {
    for (const node of this.#dictionary.nodes()) {
      const entries = this.#entries[node.no]
      if (entries === undefined || entries.has(wholeNodeNo)) continue
      node.times.begin(newestOfAll(entries.values()))
      this.#put({ node, part: null, metric: wholeNodeNo, state: emptySeries })
    }
  }

  /** At start: the part is no longer stored. Series that only it had go, unless an alert is open. */
  remove({ row, node }: StoredPart): void {
    this.#table.remove(row.no, wholePartNo)
    this.#entries[row.no] = undefined
    const entries = this.#entries[node.no]
    for (const [metric, { state }] of entries ?? []) {
      const isQuiet = state.episode.phase === 'ok' && state.noData.phase === 'ok'
      if (metric === wholeNodeNo || !isQuiet || node.withMetric(metric).length > 0) continue
      entries?.delete(metric)
      this.#table.remove(node.no, metric)
    }
  }

  /** Applies a record of the journal at start. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  replayRecord(
    part: StoredPart,
    metrics: readonly number[],
    { at, offset, partition }: JournalRecord,
    seq: number,
  ): void {
    const { node } = part
    if (partition) {
      this.#note(newestOf(part, metrics), { at, offset, partition }, seq)
      node.times.note(at, offset, partition, seq)
      part.times?.note(at, offset, partition, seq)
    }
    if (at > node.presentAt) node.presentAt = at
  }

  /** Applies a time that the journal has for a series; the table may be older. It replaces what the records say. */
  replay({ node: no, last, metrics }: EvaluatedSeries, seq: number): void {
    const entries = this.#entries[no]
    const { node } = this.#partAt(no)
    for (const part of node.parts.values()) part.newest = []
    node.presentAt = last.at
    for (const metric of metrics) {
      const entry = entries?.get(metric)
      if (!entry && this.#unread.get(no)?.has(metric)) continue
      if (!entry) throw new DamagedError('the journal names a series that is not stored')
      entry.state = { ...entry.state, last }
      const times = timesOf(entry)
      if (times) times.setBack(last)
      else this.#unstored.set(entry, seq)
    }
  }

  /** Prepares the changes; memory stays as it is until `apply`. */
  stage(series: BatchWrite['series'], setBack: BatchWrite['setBack']): void {
    this.#setBack = new Set(setBack.flatMap((nodeId) => this.#dictionary.findNode(nodeId) ?? []))
    this.#folded = []
    this.#foldedRecords = []
    this.#foldedTimes = []
    this.#changes = series.map((row) => ({ entry: this.#entryOf(row), state: row.state }))
  }

  #entryOf({ nodeId, metric: name, part: partName, state }: SeriesWrite): Entry {
    const node = this.#dictionary.findNode(nodeId) ?? this.#dictionary.part(nodeId, nodeId, '').node
    const part =
      name === wholeNode && partName !== undefined ? this.#dictionary.part(nodeId, node.name, partName) : null
    const metric = part ? wholePartNo : name === wholeNode ? wholeNodeNo : this.#dictionary.metric(name)
    return this.#entries[part?.row.no ?? node.no]?.get(metric) ?? { node, part, metric, state }
  }

  /**
   * Newest record of each series of the nodes that were set back, as the journal has it. The newest one of its node comes
   * last.
   */
  setBackSeries(): Buffer {
    if (this.#setBack.size === 0) return Buffer.alloc(0)
    const runs = this.#changes.flatMap(({ entry, state: { last } }) =>
      last && this.#setBack.has(entry.node) ? [{ node: numberOf(entry), last, metrics: [entry.metric] }] : [],
    )
    return encodeSeries(runs.sort((a, b) => a.last.position.offset - b.last.position.offset))
  }

  /** Inside the transaction. `cut`: first batch that stays in the journal. */
  write(cut: number | null): void {
    for (const { entry, state } of this.#changes) this.#save(entry, state)
    if (cut !== null) this.#writeBefore(cut)
  }

  #writeBefore(cut: number): void {
    const changed = new Map(this.#changes.map(({ entry, state }) => [entry, state]))
    for (const [entry, seq] of this.#unstored) {
      if (seq >= cut) continue
      if (!changed.has(entry)) this.#save(entry, entry.state)
      this.#folded.push(entry)
    }
    for (const part of this.#dictionary.parts()) {
      if (!this.#setBack.has(part.node)) this.#foldPart(part, cut, changed)
    }
    for (const node of this.#dictionary.nodes()) {
      if (this.#setBack.has(node) || !node.times.isLostBefore(cut)) continue
      this.#foldTimes(node.times, this.#entries[node.no]?.get(wholeNodeNo), changed)
    }
  }

  #foldPart(part: StoredPart, cut: number, changed: ReadonlyMap<Entry, SeriesState>): void {
    for (const record of part.newest) if (!record.inTable && record.seq < cut) this.#fold(part, record, changed)
    const { times } = part
    if (times?.isLostBefore(cut) === true) this.#foldTimes(times, this.#entries[part.row.no]?.get(wholePartNo), changed)
  }

  /** The transaction is committed as batch `seq`. @param partsOfSamples the part of each sample, for each batch */
  apply(samples: readonly SampleBatch[], partsOfSamples: ReadonlyArray<readonly StoredPart[]>, seq: number): void {
    for (const change of this.#changes) this.#applyChange(change)
    for (const times of this.#foldedTimes) times.saved()
    for (const node of this.#setBack) this.#forgetNewest(node)
    for (const entry of this.#folded) this.#unstored.delete(entry)
    for (const record of this.#foldedRecords) record.inTable = true
    samples.forEach((batch, b) => this.#noteBatch(batch, partsOfSamples[b] as readonly StoredPart[], seq))
  }

  #applyChange({ entry, state }: Change): void {
    // The records of a part may be older than its first state.
    if (entry.part && entry.part.times === null) (entry.part.times = new NodeTimes()).restore(state)
    this.#put(entry)
    entry.state = state
    this.#unstored.delete(entry)
    const times = timesOf(entry)
    if (times && this.#setBack.has(entry.node)) times.setBack(state.last, state.steps ?? [])
    times?.saved()
  }

  /** Every state, with its newest record. */
  *all(): Generator<Readonly<Entry>> {
    for (const entries of this.#entries) {
      for (const entry of entries?.values() ?? []) {
        const { node, metric, state } = entry
        const times = timesOf(entry)
        if (times) yield { ...entry, state: times.applyTo(state) }
        else yield { ...entry, state: { ...state, last: newerAnchor(node.withMetric(metric), metric, state.last) } }
      }
    }
  }

  /** The series of the node have their own newest records. */
  #forgetNewest(node: StoredNode): void {
    for (const part of node.parts.values()) part.newest = []
    let newest: Anchor | null = null
    for (const { entry, state } of this.#changes) {
      if (entry.node !== node || !state.last) continue
      if (!newest || state.last.position.offset >= newest.position.offset) newest = state.last
    }
    if (newest) node.presentAt = newest.at
  }

  #noteBatch({ topic, partition, columns }: SampleBatch, parts: readonly StoredPart[], seq: number): void {
    const { directory, count, layout: layouts, at, offset } = columns
    const hasSetBack = this.#setBack.size > 0
    const binding = this.#dictionary.binding(directory)
    const name: TopicPartition = { topic, partition }
    for (let i = 0; i < count; i++) {
      const part = parts[i] as StoredPart
      const { node } = part
      if (hasSetBack && this.#setBack.has(node)) continue
      const { metrics } = (binding.layouts[layouts[i] as number] as BoundLayout).layout
      let record = part.newest[0]
      if (record?.metrics !== metrics) {
        if (part.newest.length > mostLists) this.#absorb(part)
        record = newestOf(part, metrics)
      }
      const time = at[i] as number
      node.times.note(time, offset[i] as number, name, seq)
      part.times?.note(time, offset[i] as number, name, seq)
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

  #note(record: NewestRecord, newer: Pick<NewestRecord, 'at' | 'offset' | 'partition'>, seq: number): void {
    if (newer.at < record.at) return
    record.at = newer.at
    record.offset = newer.offset
    record.partition = newer.partition
    record.seq = seq
    record.order = ++this.#records
    record.inTable = false
  }

  /** Puts the part's newest records into the states of its series. */
  #absorb(part: StoredPart): void {
    const { node } = part
    for (const { metrics, seq, inTable } of part.newest) {
      for (const metric of metrics) {
        const entry = this.#entries[node.no]?.get(metric)
        if (!entry) continue
        entry.state = { ...entry.state, last: newerAnchor(node.withMetric(metric), metric, entry.state.last) }
        if (!inTable) this.#unstored.set(entry, Math.max(seq, this.#unstored.get(entry) ?? 0))
      }
    }
    part.newest = []
  }

  #fold({ node }: StoredPart, record: NewestRecord, changed: ReadonlyMap<Entry, SeriesState>): void {
    for (const metric of record.metrics) {
      const entry = this.#entries[node.no]?.get(metric)
      if (entry) this.#save(entry, changed.get(entry) ?? entry.state)
    }
    this.#foldedRecords.push(record)
  }

  #foldTimes(times: NodeTimes, entry: Entry | undefined, changed: ReadonlyMap<Entry, SeriesState>): void {
    if (entry === undefined) return
    if (!changed.has(entry)) this.#save(entry, entry.state)
    this.#foldedTimes.push(times)
  }

  #save(entry: Entry, state: SeriesState): void {
    const { node, metric } = entry
    const row = { node: numberOf(entry), metric }
    const times = timesOf(entry)
    if (this.#setBack.has(node)) this.#table.save({ ...row, state })
    else if (times || entry.part) this.#table.save({ ...row, state: times?.applyTo(state) ?? state })
    else {
      const last = newerAnchor(node.withMetric(metric), metric, state.last)
      this.#table.save({ ...row, state: { ...state, last } })
    }
  }

  #partAt(no: number): StoredPart {
    const part = this.#dictionary.partAt(no)
    if (!part) throw new DamagedError(`a series belongs to part ${no}, which is not stored`)
    return part
  }

  #restore(entry: Entry): void {
    this.#put(entry)
    timesOf(entry)?.restore(entry.state)
  }

  #put(entry: Entry): void {
    const no = numberOf(entry)
    const entries = (this.#entries[no] ??= new Map<number, Entry>())
    entries.set(entry.metric, entry)
    if (entry.part) entry.part.times ??= new NodeTimes()
    if (entry.state.last && entry.state.last.at > entry.node.presentAt) entry.node.presentAt = entry.state.last.at
  }
}

/** The number of a row in the table of series. */
function numberOf({ node, part }: Entry): number {
  return part ? part.row.no : node.no
}

/** Times of the node or of the part; `null` for a metric. */
function timesOf({ node, part, metric }: Entry): NodeTimes | null {
  return metric === wholeNodeNo ? node.times : (part?.times ?? null)
}

/** The newest record of all these series of one node. */
function newestOfAll(entries: Iterable<Entry>): Anchor | null {
  let last: Anchor | null = null
  for (const { node, metric, state } of entries) {
    if (metric === wholePartNo) continue
    const newest = newerAnchor(node.withMetric(metric), metric, state.last)
    if (newest !== null && newest.at >= (last?.at ?? -Infinity)) last = newest
  }
  return last
}
