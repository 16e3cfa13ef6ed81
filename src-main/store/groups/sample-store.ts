import type { Database } from 'better-sqlite3'
import { wholeNode } from '#shared/alert/series.ts'
import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import type { KnownSeries } from '#shared/metric/assemble/record-assembler.ts'
import type { SampleUsage } from '../../threads/cache-usage.ts'
import type { HeadCopies, HeadCopy, SharedHead } from '../../threads/read-calls.ts'
import type { BatchWrite } from '../batch-write.ts'
import { Chunk } from '../chunk/chunk.ts'
import { DamagedError } from '../errors.ts'
import type { RowReader } from '../row-reader.ts'
import type { LatestNode, LatestPart, MetricEntry } from '../store-types.ts'
import { ChunkTable } from '../tables/chunk-table.ts'
import { HeadTable } from '../tables/head-table.ts'
import { JournalTable } from '../tables/journal-table.ts'
import { PartTable } from '../tables/part-table.ts'
import { SeriesTable } from '../tables/series-table.ts'
import { CounterStore } from '../heads/counter-store.ts'
import { CounterTable } from '../tables/counter-table.ts'
import { Dictionary } from '../heads/dictionary.ts'
import { emptyParts } from '../heads/empty-parts.ts'
import type { Layout } from '../heads/head.ts'
import { copyOfHead } from '../heads/shared-rows.ts'
import { JournalWriter, readJournal } from '../heads/journal-codec.ts'
import type { JournalLimits } from '../heads/journal-sizes.ts'
import { JournalSizes } from '../heads/journal-sizes.ts'
import { latestOfNodes, latestOfParts } from '../heads/latest-of-parts.ts'
import { latestOfChunk } from '../heads/latest-values.ts'
import { decodeSeries } from '../heads/series-codec.ts'
import { wholeNodeNo } from '../heads/node-times.ts'
import { SeriesStateStore } from '../heads/series-state-store.ts'
import { StagedBatch } from '../heads/staged-batch.ts'
import { StagedDrop } from '../heads/staged-drop.ts'
import type { DropGoal, DropSlice } from '../heads/staged-drop.ts'
import { knownSeriesOf } from '../heads/known-series.ts'
import { usageOf } from '../heads/sample-usage.ts'
import type { JournalPlace, StoredPart, StoredPartRow } from '../heads/stored-part.ts'

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
  readonly #parts: PartTable
  readonly #journal: JournalTable
  readonly #chunks: ChunkTable
  readonly #heads: HeadTable
  readonly #dictionary: Dictionary
  readonly #states: SeriesStateStore
  readonly #counters: CounterStore
  readonly #sizes: JournalSizes
  readonly #writer = new JournalWriter()
  #nextSeq: number

  /** Loads heads and states. Throws `DamagedError` for bytes that ReMo cannot have written. */
  constructor(db: Database, limits: JournalLimits, rows: RowReader) {
    this.#parts = new PartTable(db)
    this.#journal = new JournalTable(db)
    this.#chunks = new ChunkTable(db)
    this.#heads = new HeadTable(db)
    this.#dictionary = new Dictionary({
      parts: this.#parts.parts(),
      metrics: this.#parts.metrics(),
      partMetrics: this.#parts.partMetrics(),
    })
    this.#sizes = new JournalSizes(limits)
    this.#states = new SeriesStateStore(new SeriesTable(db, rows), this.#dictionary)
    this.#counters = new CounterStore(new CounterTable(db), this.#dictionary)
    this.#nextSeq = this.#refill() + 1
    this.#states.addNodes()
    for (const part of this.#dictionary.parts()) {
      const data = this.#chunks.newest(part.row.no)
      if (data) part.base = latestOfChunk(new Chunk(data))
    }
    const empty = emptyParts(this.#dictionary.parts())
    if (empty.length > 0) db.transaction(() => this.#remove(empty)).immediate()
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
        if (cut === null) return
        this.#counters.write(cut, seq)
        this.#journal.cutBefore(cut)
      },
      apply: () => {
        this.#dictionary.saved()
        batch.apply(rows)
        this.#states.apply(samples, batch.partsOfSamples, seq)
        this.#counters.apply(samples, batch.partsOfSamples, seq)
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
    return [...this.#states.all()].map(({ node, part, metric, state }) => ({
      nodeId: node.id,
      metric: part || metric === wholeNodeNo ? wholeNode : this.#dictionary.metricName(metric),
      ...(part ? { part: part.row.part } : {}),
      state,
    }))
  }

  /** Newest raw values of counters, as of the stored positions. */
  counters(): CounterRow[] {
    return this.#counters.rows()
  }

  /** Names of the stored series of every node, apart from those of ReMo's own format. */
  knownSeries(): KnownSeries[] {
    return knownSeriesOf(this.#dictionary)
  }

  /** Newest values of every node that has any. */
  latest(): LatestNode[] {
    return latestOfNodes(this.#dictionary)
  }

  /** Newest values of every part that has any. */
  latestParts(): LatestPart[] {
    return latestOfParts(this.#dictionary)
  }

  metrics(): MetricEntry[] {
    return this.#dictionary.metrics().map(({ name, unit }) => ({ name, unit }))
  }

  /** A copy of the records of a part that are in no chunk yet; `null` for an unknown one. */
  head(nodeId: string, part = ''): HeadCopy | null {
    const found = this.#dictionary.findNode(nodeId)?.parts.get(part)
    return found ? copyOfHead(this.#shared(found)) : null
  }

  /** Copies of the parts that may have any of the metrics, or of all parts; `null` for an unknown node. */
  heads(nodeId: string, metrics?: readonly string[]): HeadCopies | null {
    const shared = this.sharedHeads(nodeId, metrics)
    return shared && new Map(shared.map((head) => [head.part, copyOfHead(head, metrics)]))
  }

  /** The memory of these records, for another thread; `null` for an unknown node. */
  sharedHeads(nodeId: string, metrics?: readonly string[]): SharedHead[] | null {
    const node = this.#dictionary.findNode(nodeId)
    if (!node) return null
    const numbers = metrics?.flatMap((name) => this.#dictionary.findMetric(name) ?? [])
    const parts = numbers ? new Set(numbers.flatMap((metric) => node.withMetric(metric))) : node.parts.values()
    return [...parts].map((part) => this.#shared(part))
  }

  #shared({ row, head }: StoredPart): SharedHead {
    return head.share(row.no, row.chunks, (metric) => this.#dictionary.metricName(metric))
  }

  count(): { readonly nodes: number; readonly samples: number } {
    let samples = 0
    for (const { row, head } of this.#dictionary.parts()) {
      samples += row.samples + head.valueCount(head.count, head.replaced)
    }
    return { nodes: this.#dictionary.nodeCount, samples }
  }

  /** Drops one slice of what ended first, of all nodes: nothing that ended later goes before it. */
  prepareDrop({ before, bytes }: DropGoal, slice: DropSlice): PreparedDrop {
    const drop = new StagedDrop({ dictionary: this.#dictionary, chunks: this.#chunks, goal: { before, bytes }, slice })
    const seq = this.#nextSeq - 1
    return {
      write: () => {
        for (const [part, row] of drop.write(seq)) {
          this.#parts.save(row)
          if (drop.endsHead(part)) this.#heads.remove(row.no)
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
    for (const { row } of this.#dictionary.parts()) last = Math.max(last, row.passedSeq)
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
    const layouts: Layout[] = []
    readJournal(records, (record) => {
      index++
      const part = this.#partAt(record.part)
      const layout = (layouts[record.list] ??= this.#dictionary.layoutOf(record.metrics))
      part.isInJournal = true
      this.#states.replayRecord(part, layout.metrics, record, seq)
      this.#counters.replay(part, record, seq)
      const { row, head, saved } = part
      const isStored = isUpTo(seq, index, { seq: row.passedSeq, index: row.passedIndex })
      if (record.isRepeat || isStored || (saved && isUpTo(seq, index, saved))) return
      if (layout.metrics.length === 0) return
      head.use(layout)
      head.refill(record.at, record.values, seq)
    })
  }

  #restoreHeads(): void {
    for (const { part: no, passedSeq, passedIndex, data } of this.#heads.all()) {
      const part = this.#partAt(no)
      const chunk = new Chunk(data)
      const metrics = chunk.header.metrics.map(({ metric }) => metric)
      const columns = metrics.map((metric) => chunk.values(metric) ?? new Float64Array(0))
      const layout = this.#dictionary.layoutOf(metrics)
      part.head.restore({ metrics, at: chunk.at, columns }, layout)
      part.saved = { seq: passedSeq, index: passedIndex }
    }
  }

  #saveHeads(batch: StagedBatch): void {
    for (const [{ row }, saved] of batch.savedHeads()) {
      if (saved === null) this.#heads.remove(row.no)
      else this.#heads.save({ part: row.no, passedSeq: saved.seq, passedIndex: saved.index, data: saved.data })
    }
  }

  #remove(parts: readonly StoredPart[]): void {
    this.#dictionary.remove(parts)
    for (const part of parts) {
      this.#parts.remove(part.row.no)
      this.#states.remove(part)
    }
  }

  #partAt(no: number): StoredPart {
    const part = this.#dictionary.partAt(no)
    if (!part) throw new DamagedError(`part ${no} is used but not stored`)
    return part
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
    const { parts, metrics, partMetrics } = this.#dictionary.unsaved()
    for (const { row } of parts) this.#parts.save(row)
    for (const row of metrics) this.#parts.saveMetric(row)
    for (const row of partMetrics) this.#parts.savePartMetric(row)
  }

  /** Writes the chunks, and adds to `rows` the spans and counts that follow from the inserts. */
  #insertClosed(batch: StagedBatch, rows: Map<StoredPart, StoredPartRow>): void {
    for (const closed of batch.closed) {
      const row = rows.get(closed.part) ?? closed.part.row
      const bump = this.#chunks.insert(row.no, closed)
      rows.set(closed.part, {
        ...row,
        span: Math.max(row.span, Math.ceil((closed.t1 - closed.t0) / 1000)),
        bump: Math.max(row.bump, bump),
        samples: row.samples + closed.samples,
        bytes: row.bytes + closed.data.length,
      })
    }
    for (const row of rows.values()) this.#parts.save(row)
  }
}

function isUpTo(seq: number, index: number, place: JournalPlace): boolean {
  return seq < place.seq || (seq === place.seq && index <= place.index)
}
