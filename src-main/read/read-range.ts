import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Chunk, MetricSummary } from '../store/chunk/chunk.ts'
import { ColumnRoom } from '../store/chunk/column-room.ts'
import { headCapacity } from '../store/heads/head.ts'
import { typicalInterval } from '../store/heads/latest-values.ts'
import type { ReadStore, ClosedTimeRange } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import { drawnColumns, type ChartPoints } from './chart-points.ts'
import { MinMaxColumns } from './min-max-columns.ts'
import type { ColumnPart } from './min-max-columns.ts'
import { OpenRuns, valuesOf, type Run } from './open-runs.ts'
import { mergedValues, sliceOf, sliceOfValues, type SeriesSlice } from './series-slice.ts'
import { samplesOfChunk, samplesOfHead } from './sorted-samples.ts'

export interface RangeRequest extends ClosedTimeRange {
  readonly nodeId: string
  readonly metrics: readonly string[]
  /** Most columns per metric. */
  readonly points: number
}

interface RangeQuery {
  readonly request: RangeRequest
  readonly numberOf: (metric: string) => number | undefined
  /** Most seconds by which a chunk begins before the one that was read before it. */
  readonly bump: number
  /** `undefined`: not known yet. */
  readonly head: HeadCopy | null | undefined
}

/**
 * Metrics of one node over a range: every record if there are few, otherwise minimum, maximum and newest value of each
 * column. Of equal times, each metric has the value of the newest record with it. Copy `head` before the call: records
 * that become a chunk in between are then read from either, never missed.
 */
export function readRange(store: ReadStore, head: HeadCopy | null, request: RangeRequest): SeriesColumns[] {
  return readChunks(store, request, head).withHead(head)
}

/**
 * The chunks of a range on one state of the database. `head`: if it is already copied; it has the records of chunks from
 * its ordinal on.
 */
export function readChunks(store: ReadStore, request: RangeRequest, head?: HeadCopy | null): RangeChunks {
  return store.atOneTime(() => {
    const node = store.node(request.nodeId)
    // Before the chunks, because a connection runs one query at a time.
    const numbers = new Map(request.metrics.map((metric) => [metric, store.metricNo(metric)]))
    const query = { request, numberOf: (metric: string) => numbers.get(metric), bump: node?.bump ?? 0, head }
    const read = new RangeChunks(query, node?.chunks ?? 0, node ? store.oldestAt(node) : null)
    const before = head?.ordinal ?? Infinity
    for (const chunk of node ? store.chunks(node, request) : []) read.add(chunk, chunk.header.ordinal < before)
    return read
  })
}

/** The chunks of a range, kept while they have few records, otherwise already in columns. */
export class RangeChunks {
  /** The node's number of chunks, in the range or not. A head with this ordinal has all its other records. */
  readonly total: number
  /** Event time of the oldest record in the node's chunks, in the range or not; `null` without a chunk. */
  readonly oldestAt: number | null
  readonly #query: RangeQuery
  /** The chunks at both ends extend beyond the range, so the limit allows for their records. */
  readonly #fewest: number
  #count = 0
  #few: Chunk[] = []
  #envelopes: Envelopes | null = null

  constructor(query: RangeQuery, total: number, oldestAt: number | null) {
    this.#query = query
    this.total = total
    this.oldestAt = oldestAt
    this.#fewest = query.request.points + 2 * headCapacity
  }

  add(chunk: Chunk, isUsed: boolean): void {
    if (isUsed) {
      if (this.#envelopes) this.#envelopes.add(chunk)
      else this.#few.push(chunk)
    }
    this.#addCount(chunk.header.n)
  }

  /** Whether no record of this head replaces one that is already in a column. Otherwise the chunks are read again. */
  canTake(head: HeadCopy): boolean {
    return head === this.#query.head || (this.#envelopes?.canTake(head) ?? true)
  }

  /** Call it once, with the head of the query, or one that `canTake` accepts. */
  withHead(head: HeadCopy | null): SeriesColumns[] {
    if (head) this.#addCount(head.at.length)
    if (!this.#envelopes) return fewRecords(this.#few, head, this.#query)
    if (head && head !== this.#query.head) this.#envelopes.addHead(head)
    return this.#envelopes.result()
  }

  #addCount(records: number): void {
    this.#count += records
    if (this.#count <= this.#fewest || this.#envelopes) return
    this.#envelopes = new Envelopes(this.#query)
    for (const chunk of this.#few) this.#envelopes.add(chunk)
    this.#few = []
  }
}

function fewRecords(
  chunks: readonly Chunk[],
  head: HeadCopy | null,
  { request, numberOf }: RangeQuery,
): SeriesColumns[] {
  const all = chunks.map((chunk) => samplesOfChunk(chunk, numberOf))
  if (head) all.push(samplesOfHead(head))
  all.sort((a, b) => a.order - b.order)
  return request.metrics.map((metric) => {
    const slices = all.map((samples) => sliceOf(samples, metric, request)).filter((slice) => slice !== null)
    const { points, hasReplaced } = mergedValues(slices)
    const every = drawnColumns(metric, points, () => true)
    if (every.at.length <= request.points) return every
    const envelope = new MinMaxColumns(request, request.points)
    for (const slice of hasReplaced ? sliceOfPoints(points) : slices) envelope.addSlice(slice)
    return envelope.result(metric)
  })
}

/** The columns of each metric, from chunks one at a time: memory does not grow with the range. */
class Envelopes {
  readonly #query: RangeQuery
  readonly #room = new ColumnRoom()
  readonly #all: ReadonlyArray<{ readonly metric: string; readonly envelope: MinMaxColumns }>
  /** Sources: chunks, and `null` for the head. */
  readonly #open = new OpenRuns<Chunk | null>((run) => this.#take(run))
  /** Newest event time in columns, epoch ms. */
  #takenUntil = -Infinity

  constructor(query: RangeQuery) {
    const { request, head } = query
    this.#query = query
    this.#all = request.metrics.map((metric) => ({ metric, envelope: new MinMaxColumns(request, request.points) }))
    if (head) this.addHead(head)
  }

  add(chunk: Chunk): void {
    const { numberOf, bump } = this.#query
    const { t0, t1 } = chunk.header
    // In order of the seconds in which they begin.
    this.#open.closeBefore((Math.floor(t0 / 1000) - bump) * 1000)
    this.#open.add(chunk, { samples: samplesOfChunk(chunk, numberOf), t0, t1 })
  }

  canTake({ at }: HeadCopy): boolean {
    return at.every((time) => time > this.#takenUntil)
  }

  addHead(head: HeadCopy): void {
    const samples = samplesOfHead(head)
    const [t0] = samples.at
    if (t0 !== undefined) this.#open.add(null, { samples, t0, t1: samples.at.at(-1) ?? t0 })
  }

  result(): SeriesColumns[] {
    this.#open.closeBefore(Infinity)
    return this.#all.map(({ metric, envelope }) => envelope.result(metric))
  }

  #take(run: Run<Chunk | null>): void {
    this.#takenUntil = Math.max(this.#takenUntil, run.t1)
    const { source: chunk, replacedBy } = run
    if (chunk && replacedBy.length === 0) {
      this.#takeChunk(chunk)
      return
    }
    for (const { metric, envelope } of this.#all) {
      const values = valuesOf(run, metric)
      if (values) addTo(envelope, sliceOfValues(run.samples.at, values, this.#query.request))
    }
  }

  #takeChunk(chunk: Chunk): void {
    const { request, numberOf } = this.#query
    const samples = samplesOfChunk(chunk, numberOf, this.#room)
    for (const { metric, envelope } of this.#all) {
      const number = numberOf(metric)
      const summary = chunk.header.metrics.find((one) => one.metric === number)
      if (!summary) continue
      const whole = wholeChunk(chunk, summary, request)
      if (whole && envelope.columnOf(whole.firstAt) === envelope.columnOf(whole.lastAt)) envelope.add(whole)
      else addTo(envelope, sliceOf(samples, metric, request))
    }
  }
}

function addTo(envelope: MinMaxColumns, slice: SeriesSlice | null): void {
  if (slice) envelope.addSlice(slice)
}

/** One part from the header: only for a chunk that is completely in the range and has the metric in every record. */
function wholeChunk(
  { header, isDistinct }: Chunk,
  { n, min, max, last }: MetricSummary,
  { from, to }: ClosedTimeRange,
): ColumnPart | null {
  if (!isDistinct || n !== header.n || header.t0 < from || header.t1 > to) return null
  const intervalMs = n > 1 ? (header.t1 - header.t0) / (n - 1) : 0
  return { firstAt: header.t0, lastAt: header.t1, min, max, last, intervalMs }
}

/** Points of single values as one slice. */
function sliceOfPoints({ count, firstAt: at, last: values }: ChartPoints): SeriesSlice[] {
  const times = at.subarray(0, count)
  return [{ at: times, values, first: 0, end: count, intervalMs: typicalInterval(times) ?? 0 }]
}
