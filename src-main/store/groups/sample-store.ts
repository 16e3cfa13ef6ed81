import type { Database } from 'better-sqlite3'
import { wholeNode } from '#shared/alert/series.ts'
import type { SampleUsage } from '../../threads/cache-usage.ts'
import type { HeadCopy, SharedHead } from '../../threads/read-calls.ts'
import type { BatchWrite } from '../batch-write.ts'
import { Chunk } from '../chunk/chunk.ts'
import { DamagedError } from '../errors.ts'
import type { RowReader } from '../row-reader.ts'
import type { LatestNode, MetricEntry } from '../store-types.ts'
import { ChunkTable } from '../tables/chunk-table.ts'
import { HeadTable } from '../tables/head-table.ts'
import { JournalTable } from '../tables/journal-table.ts'
import { NodeTable } from '../tables/node-table.ts'
import { SeriesTable } from '../tables/series-table.ts'
import { Dictionary } from '../heads/dictionary.ts'
import type { JournalPlace, StoredNodeRow, StoredNode } from '../heads/dictionary.ts'
import type { Layout } from '../heads/head.ts'
import { copyOfHead } from '../heads/shared-rows.ts'
import { JournalWriter, readJournal } from '../heads/journal-codec.ts'
import type { JournalLimits } from '../heads/journal-sizes.ts'
import { JournalSizes } from '../heads/journal-sizes.ts'
import { latestOfChunk, presentValues } from '../heads/latest-values.ts'
import { decodeSeries } from '../heads/series-codec.ts'
import { wholeNodeNo } from '../heads/node-times.ts'
import { SeriesStateStore } from '../heads/series-state-store.ts'
import { StagedBatch } from '../heads/staged-batch.ts'
import { StagedDrop } from '../heads/staged-drop.ts'
import type { DropGoal, DropSlice } from '../heads/staged-drop.ts'
import { usageOf } from '../heads/sample-usage.ts'

/** Batches between two cuts of the journal. */
const tidyEvery = 32

/** A prepared change: `write` runs inside the transaction, `apply` after it. */
export interface PreparedBatch {
  readonly write: () => void
  readonly apply: () => void
}

/** `more`: the goal is not reached, so there may be others. `dropped`: bytes of the chunks. */
export interface PreparedDrop extends PreparedBatch {
  readonly more: () => boolean
  readonly dropped: () => number
}

/**
 * Samples of all nodes: journal, heads and chunks. From its commit on, every record is in the journal or in a chunk.
 * Heads are the records of the journal that are in no chunk. **Invariant:** memory changes only in `apply`, so it
 * always equals what a restart would read.
 */
export class SampleStore {
  readonly #nodes: NodeTable
  readonly #journal: JournalTable
  readonly #chunks: ChunkTable
  readonly #heads: HeadTable
  readonly #dictionary: Dictionary
  readonly #states: SeriesStateStore
  readonly #sizes: JournalSizes
  readonly #writer = new JournalWriter()
  #nextSeq: number

  /** Loads heads and states. Throws `DamagedError` for bytes that ReMo cannot have written. */
  constructor(db: Database, limits: JournalLimits, rows: RowReader) {
    this.#nodes = new NodeTable(db)
    this.#journal = new JournalTable(db)
    this.#chunks = new ChunkTable(db)
    this.#heads = new HeadTable(db)
    this.#dictionary = new Dictionary(this.#nodes.nodes(), this.#nodes.metrics())
    this.#sizes = new JournalSizes(limits)
    this.#states = new SeriesStateStore(new SeriesTable(db, rows), this.#dictionary)
    this.#nextSeq = this.#refill() + 1
    this.#states.addNodes()
    for (const node of this.#dictionary.nodes()) {
      const data = this.#chunks.newest(node.row.no)
      if (data) node.base = latestOfChunk(new Chunk(data))
    }
  }

  /** `write` runs inside the transaction of the batch, `apply` after it. */
  prepare({ samples, series, setBack }: Pick<BatchWrite, 'samples' | 'series' | 'setBack'>): PreparedBatch {
    const seq = this.#nextSeq
    const batch = new StagedBatch(this.#dictionary, this.#writer, seq)
    for (const part of samples) batch.add(part)
    this.#states.stage(series, setBack)
    const inJournal = this.#writer.count > 0
    const cut = this.#cutJournal(batch, seq)
    const rows = batch.closedRows()
    const records = this.#writer.written()
    return {
      write: () => {
        if (inJournal) this.#journal.insert(seq, records, this.#states.setBackSeries())
        this.#saveNew()
        this.#insertClosed(batch, rows)
        this.#saveHeads(batch)
        this.#states.write(cut)
        if (cut !== null) this.#journal.cutBefore(cut)
      },
      apply: () => {
        this.#dictionary.saved()
        batch.apply(rows)
        this.#states.apply(samples, seq)
        if (cut !== null) this.#sizes.cutBefore(cut)
        if (!inJournal) return
        this.#sizes.add(seq, records.length)
        this.#nextSeq++
      },
    }
  }

  /** Forgets the nodes and metrics that no commit has stored. Their numbers are not used again. */
  discardUnsaved(): void {
    this.#dictionary.discardUnsaved()
  }

  /** Evaluation state of every series, as of the stored positions. */
  series(): BatchWrite['series'] {
    return [...this.#states.all()].map(({ node, metric, state }) => ({
      nodeId: node.row.id,
      metric: metric === wholeNodeNo ? wholeNode : this.#dictionary.metricName(metric),
      state,
    }))
  }

  /** Newest values of every node that has any. */
  latest(): LatestNode[] {
    const found: LatestNode[] = []
    for (const { row, head, base, presentAt, times } of this.#dictionary.nodes()) {
      if (head.count === 0 && !base) continue
      const { at, intervalMs, values } = presentValues(
        head.records(head.count),
        base,
        presentAt === -Infinity ? Infinity : presentAt,
      )
      const steps = times.steps()
      found.push({
        id: row.id,
        name: row.name,
        at,
        steps: steps.length === 0 && intervalMs !== null ? [intervalMs] : steps,
        metrics: [...values.keys()].map((metric) => this.#dictionary.metricName(metric)),
        values: [...values.values()],
      })
    }
    return found
  }

  metrics(): MetricEntry[] {
    return this.#dictionary.metrics().map(({ name, unit }) => ({ name, unit }))
  }

  /** A copy of the node's records that are in no chunk yet; `null` for an unknown node. */
  head(nodeId: string): HeadCopy | null {
    const shared = this.sharedHead(nodeId)
    return shared && copyOfHead(shared)
  }

  /** The memory of these records, for another thread; `null` for an unknown node. */
  sharedHead(nodeId: string): SharedHead | null {
    const node = this.#dictionary.findNode(nodeId)
    return node ? node.head.share(node.row.chunks, (metric) => this.#dictionary.metricName(metric)) : null
  }

  count(): { readonly nodes: number; readonly samples: number } {
    let nodes = 0
    let samples = 0
    for (const { row, head } of this.#dictionary.nodes()) {
      nodes++
      samples += row.samples + head.valueCount(head.count, head.replaced)
    }
    return { nodes, samples }
  }

  /** Drops one slice of what ended first, of all nodes: nothing that ended later goes before it. */
  prepareDrop({ before, bytes }: DropGoal, slice: DropSlice): PreparedDrop {
    const drop = new StagedDrop({ dictionary: this.#dictionary, chunks: this.#chunks, goal: { before, bytes }, slice })
    const seq = this.#nextSeq - 1
    return {
      write: () => {
        for (const [node, row] of drop.write(seq)) {
          this.#nodes.save(row)
          if (drop.endsHead(node)) this.#heads.remove(row.no)
        }
      },
      apply: () => drop.apply(),
      more: () => drop.more,
      dropped: () => drop.bytes,
    }
  }

  /** Longest journal from now on, in bytes. */
  limitJournal(bytes: number): void {
    this.#sizes.limitTo(bytes)
  }

  /** What all nodes take. `most`: number of nodes to name. */
  usage(most: number): SampleUsage {
    return { journal: this.#sizes.bytes, values: this.count().samples, ...usageOf(this.#dictionary, most) }
  }

  /** Fills the heads from the journal. @returns the number of the last batch */
  #refill(): number {
    let last = 0
    for (const node of this.#dictionary.nodes()) last = Math.max(last, node.row.passedSeq)
    this.#restoreHeads()
    for (const { seq, records, series } of this.#journal.rows()) {
      this.#replayBatch(records, seq)
      if (series.length > 0) for (const run of decodeSeries(series)) this.#states.replay(run, seq)
      this.#sizes.add(seq, records.length + series.length)
      last = Math.max(last, seq)
    }
    return last
  }

  #replayBatch(records: Buffer, seq: number): void {
    let index = -1
    let list: readonly number[] | null = null
    let layout: Layout = { names: [], metrics: [] }
    readJournal(records, (record) => {
      index++
      const node = this.#nodeAt(record.node)
      if (record.metrics !== list) {
        list = record.metrics
        layout = this.#dictionary.layout(list.map((metric) => this.#dictionary.metricName(metric)))
      }
      this.#states.replayRecord(node, layout.metrics, record, seq)
      const { row, head, saved } = node
      const isStored = isUpTo(seq, index, { seq: row.passedSeq, index: row.passedIndex })
      if (record.isRepeat || isStored || (saved && isUpTo(seq, index, saved))) return
      head.use(layout)
      head.refill(record.at, record.values, seq)
    })
  }

  #restoreHeads(): void {
    for (const { node: no, passedSeq, passedIndex, data } of this.#heads.all()) {
      const node = this.#nodeAt(no)
      const chunk = new Chunk(data)
      const metrics = chunk.header.metrics.map(({ metric }) => metric)
      const columns = metrics.map((metric) => chunk.values(metric) ?? new Float64Array(0))
      const layout = this.#dictionary.layout(metrics.map((metric) => this.#dictionary.metricName(metric)))
      node.head.restore({ metrics, at: chunk.at, columns }, layout)
      node.saved = { seq: passedSeq, index: passedIndex }
    }
  }

  #saveHeads(batch: StagedBatch): void {
    for (const [{ row }, saved] of batch.savedHeads()) {
      if (saved === null) this.#heads.remove(row.no)
      else this.#heads.save({ node: row.no, passedSeq: saved.seq, passedIndex: saved.index, data: saved.data })
    }
  }

  #nodeAt(no: number): StoredNode {
    const node = this.#dictionary.nodeAt(no)
    if (!node) throw new DamagedError(`node ${no} is used but not stored`)
    return node
  }

  /** First batch that stays in the journal; `null` to cut nothing now. */
  #cutJournal(batch: StagedBatch, seq: number): number | null {
    if (seq % tidyEvery !== 0) return null
    const keepFrom = this.#sizes.keepFrom(seq)
    if (keepFrom !== null) batch.saveHeadsBefore(keepFrom)
    const needed = Math.min(batch.neededFrom(), seq)
    return needed > this.#sizes.first(seq) ? needed : null
  }

  #saveNew(): void {
    const { nodes, metrics } = this.#dictionary.unsaved()
    for (const { row } of nodes) this.#nodes.save(row)
    for (const row of metrics) this.#nodes.saveMetric(row)
  }

  /** Writes the chunks, and adds to `rows` the spans and counts that follow from the inserts. */
  #insertClosed(batch: StagedBatch, rows: Map<StoredNode, StoredNodeRow>): void {
    for (const closed of batch.closed) {
      const row = rows.get(closed.node) ?? closed.node.row
      const bump = this.#chunks.insert(row.no, closed)
      rows.set(closed.node, {
        ...row,
        span: Math.max(row.span, Math.ceil((closed.t1 - closed.t0) / 1000)),
        bump: Math.max(row.bump, bump),
        samples: row.samples + closed.samples,
        bytes: row.bytes + closed.data.length,
      })
    }
    for (const row of rows.values()) this.#nodes.save(row)
  }
}

function isUpTo(seq: number, index: number, place: JournalPlace): boolean {
  return seq < place.seq || (seq === place.seq && index <= place.index)
}
