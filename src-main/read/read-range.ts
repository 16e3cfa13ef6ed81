import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Chunk, MetricSummary } from '../store/chunk/chunk.ts'
import { ColumnRoom } from '../store/chunk/column-room.ts'
import { headCapacity } from '../store/heads/head.ts'
import type { ReadStore, ClosedTimeRange } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import { MinMaxColumns } from './min-max-columns.ts'
import type { ColumnPart } from './min-max-columns.ts'
import { everyValue, sliceOf } from './series-slice.ts'
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
}

/**
 * Metrics of one node over a range: every record if there are few, otherwise minimum, maximum and newest value of each
 * column. Copy `head` before the call: records that become a chunk in between are then read from either, never missed.
 */
export function readRange(store: ReadStore, head: HeadCopy | null, request: RangeRequest): SeriesColumns[] {
  return readChunks(store, request, head?.ordinal).withHead(head)
}

/**
 * The chunks of a range on one state of the database. `before`: the ordinal of a head that is already copied; the
 * records of chunks from there on are in the head.
 */
export function readChunks(store: ReadStore, request: RangeRequest, before = Infinity): RangeChunks {
  return store.atOneTime(() => {
    const node = store.node(request.nodeId)
    // Before the chunks, because a connection runs one query at a time.
    const numbers = new Map(request.metrics.map((metric) => [metric, store.metricNo(metric)]))
    const query = { request, numberOf: (metric: string) => numbers.get(metric) }
    const read = new RangeChunks(query, node?.chunks ?? 0, node ? store.oldestAt(node) : null)
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
    if (isUsed) this.#few.push(chunk)
    this.#addCount(chunk.header.n)
  }

  /** Call it once. */
  withHead(head: HeadCopy | null): SeriesColumns[] {
    if (head) this.#addCount(head.at.length)
    return this.#envelopes ? this.#envelopes.result(head) : fewRecords(this.#few, head, this.#query)
  }

  #addCount(records: number): void {
    this.#count += records
    if (this.#count <= this.#fewest) return
    this.#envelopes ??= new Envelopes(this.#query)
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
    const every = everyValue(metric, slices)
    if (every.at.length <= request.points) return every
    const envelope = new MinMaxColumns(request, request.points)
    for (const slice of slices) envelope.addSlice(slice)
    return envelope.result(metric)
  })
}

/** The columns of each metric, from chunks one at a time: memory does not grow with the range. */
class Envelopes {
  readonly #query: RangeQuery
  readonly #room = new ColumnRoom()
  readonly #all: ReadonlyArray<{ readonly metric: string; readonly envelope: MinMaxColumns }>

  constructor(query: RangeQuery) {
    const { request } = query
    this.#query = query
    this.#all = request.metrics.map((metric) => ({ metric, envelope: new MinMaxColumns(request, request.points) }))
  }

  add(chunk: Chunk): void {
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

  /** Adds the records of the head, which are in no chunk, last. */
  result(head: HeadCopy | null): SeriesColumns[] {
    const { request } = this.#query
    const samples = head && samplesOfHead(head)
    return this.#all.map(({ metric, envelope }) => {
      if (samples) addTo(envelope, sliceOf(samples, metric, request))
      return envelope.result(metric)
    })
  }
}

function addTo(envelope: MinMaxColumns, slice: ReturnType<typeof sliceOf>): void {
  if (slice) envelope.addSlice(slice)
}

/** One part from the header: only for a chunk that is completely in the range and has the metric in every record. */
function wholeChunk(
  { header }: Chunk,
  { n, min, max, last }: MetricSummary,
  { from, to }: ClosedTimeRange,
): ColumnPart | null {
  if (n !== header.n || header.t0 < from || header.t1 > to) return null
  const intervalMs = n > 1 ? (header.t1 - header.t0) / (n - 1) : 0
  return { firstAt: header.t0, lastAt: header.t1, min, max, last, intervalMs }
}
