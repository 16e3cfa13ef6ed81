import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Chunk, MetricSummary } from '../store/chunk/chunk.ts'
import { ColumnRoom } from '../store/chunk/column-room.ts'
import { headCapacity } from '../store/heads/head.ts'
import { typicalInterval } from '../store/heads/latest-values.ts'
import type { ClosedTimeRange, ReadPart, ReadStore } from '../store/read-store.ts'
import type { HeadCopies, HeadCopy } from '../threads/read-calls.ts'
import { drawnColumns, type ChartPoints } from './chart-points.ts'
import { MinMaxColumns } from './min-max-columns.ts'
import type { ColumnPart } from './min-max-columns.ts'
import { chunksOfParts } from './part-chunks.ts'
import { OpenRuns, valuesOf, type Run } from './open-runs.ts'
import { mergedValues, sliceOf, sliceOfValues, type SeriesSlice } from './series-slice.ts'
import { ofPart, samplesOfChunk, samplesOfHead } from './sorted-samples.ts'

export interface RangeRequest extends ClosedTimeRange {
  readonly nodeId: string
  readonly metrics: readonly string[]
  /** Most columns per metric. */
  readonly points: number
}

/** Metrics that the same parts may have: their chunks are read once. */
interface RangeQuery {
  readonly request: RangeRequest
  readonly numberOf: (metric: string) => number | undefined
  readonly parts: readonly ReadPart[]
  /** Most seconds by which a chunk begins before the one that was read before it. */
  readonly bump: number
  /** `undefined`: not known yet. */
  readonly heads: HeadCopies | null | undefined
}

/**
 * Metrics of one node over a range: every record if there are few, otherwise minimum, maximum and newest value of each
 * column. Of equal times, each metric has the value of the newest record with it. Copy `heads` before the call: records
 * that become a chunk in between are then read from either, never missed.
 */
export function readRange(store: ReadStore, heads: HeadCopies | null, request: RangeRequest): SeriesColumns[] {
  return readChunks(store, request, heads).withHeads(heads)
}

/**
 * The chunks of a range on one state of the database, of those parts only that may have the metrics. `heads`: if they
 * are already copied; each has the records of chunks from its ordinal on.
 */
export function readChunks(store: ReadStore, request: RangeRequest, heads?: HeadCopies | null): RangeChunks {
  return store.atOneTime(() => {
    const queries = queriesOf(store, request, heads)
    const read = queries.map((query) => {
      const group = new GroupChunks(query)
      for (const { rank, part, chunk } of chunksOfParts(store, query.parts, request)) {
        group.add(chunk, rank, chunk.header.ordinal < (heads?.get(part.no)?.ordinal ?? Infinity))
      }
      return group
    })
    const parts = queries.length === 0 ? store.parts(request.nodeId) : queries.flatMap((query) => query.parts)
    const oldest = parts.map((part) => store.oldestAt(part) ?? Infinity)
    return new RangeChunks(request.metrics, read, Math.min(...oldest, Infinity))
  })
}

function queriesOf(store: ReadStore, request: RangeRequest, heads: HeadCopies | null | undefined): RangeQuery[] {
  const groups = new Map<string, { readonly parts: readonly ReadPart[]; readonly metrics: string[] }>()
  const numbers = new Map(request.metrics.map((metric) => [metric, store.metricNo(metric)]))
  for (const [metric, number] of numbers) {
    const parts = number === undefined ? [] : store.parts(request.nodeId, number)
    const key = parts.map(({ no }) => no).join(' ')
    const group = groups.get(key)
    if (group) group.metrics.push(metric)
    else groups.set(key, { parts, metrics: [metric] })
  }
  return [...groups.values()].map(({ parts, metrics }) => ({
    request: { ...request, metrics },
    numberOf: (metric) => numbers.get(metric),
    parts,
    bump: parts.reduce((most, { bump }) => Math.max(most, bump), 0),
    heads,
  }))
}

/** The chunks of a range, of all parts that were read. */
export class RangeChunks {
  /** Event time of the oldest record in the chunks of these parts, in the range or not; `null` without a chunk. */
  readonly oldestAt: number | null
  readonly #metrics: readonly string[]
  readonly #groups: readonly GroupChunks[]

  constructor(metrics: readonly string[], groups: readonly GroupChunks[], oldestAt: number) {
    this.#metrics = metrics
    this.#groups = groups
    this.oldestAt = Number.isFinite(oldestAt) ? oldestAt : null
  }

  /**
   * Whether these heads have all other records of these parts, and none that replaces one that is already in a column.
   * Otherwise the chunks are read again.
   */
  canTake(heads: HeadCopies): boolean {
    const known = new Set(this.#groups.flatMap(({ parts }) => parts.map(({ no }) => no)))
    return [...heads.keys()].every((no) => known.has(no)) && this.#groups.every((group) => group.canTake(heads))
  }

  /** Call it once, with the heads of the query, or ones that `canTake` accepts. */
  withHeads(heads: HeadCopies | null): SeriesColumns[] {
    const all = this.#groups.flatMap((group) => group.withHeads(heads))
    const byMetric = new Map(all.map((columns) => [columns.metric, columns]))
    return this.#metrics.map((metric) => byMetric.get(metric) as SeriesColumns)
  }
}

/** A chunk, or the head (`null`), of the part with this rank. */
interface Source {
  readonly chunk: Chunk | null
  readonly rank: number
}

/** The chunks of some parts, kept while they have few records, otherwise already in columns. */
class GroupChunks {
  readonly #query: RangeQuery
  /** The chunks at both ends extend beyond the range, so the limit allows for their records. */
  readonly #fewest: number
  #count = 0
  #few: Array<Source & { readonly chunk: Chunk }> = []
  #envelopes: Envelopes | null = null

  constructor(query: RangeQuery) {
    this.#query = query
    this.#fewest = query.request.points + 2 * headCapacity
  }

  get parts(): readonly ReadPart[] {
    return this.#query.parts
  }

  add(chunk: Chunk, rank: number, isUsed: boolean): void {
    if (isUsed) {
      if (this.#envelopes) this.#envelopes.add(chunk, rank)
      else this.#few.push({ chunk, rank })
    }
    this.#addCount(chunk.header.n)
  }

  canTake(heads: HeadCopies): boolean {
    if (heads === this.#query.heads) return this.parts.every(({ no }) => heads.has(no))
    return this.parts.every(({ no, chunks }) => {
      const head = heads.get(no)
      return head?.ordinal === chunks && (this.#envelopes?.canTake(head) ?? true)
    })
  }

  withHeads(heads: HeadCopies | null): SeriesColumns[] {
    for (const { no } of this.parts) this.#addCount(heads?.get(no)?.at.length ?? 0)
    if (!this.#envelopes) return fewRecords(this.#few, heads, this.#query)
    if (heads && heads !== this.#query.heads) this.#envelopes.addHeads(heads)
    return this.#envelopes.result()
  }

  #addCount(records: number): void {
    this.#count += records
    if (this.#count <= this.#fewest || this.#envelopes) return
    this.#envelopes = new Envelopes(this.#query)
    for (const { chunk, rank } of this.#few) this.#envelopes.add(chunk, rank)
    this.#few = []
  }
}

function fewRecords(
  chunks: ReadonlyArray<{ readonly chunk: Chunk; readonly rank: number }>,
  heads: HeadCopies | null,
  { request, numberOf, parts }: RangeQuery,
): SeriesColumns[] {
  const all = chunks.map(({ chunk, rank }) => ofPart(samplesOfChunk(chunk, numberOf), rank))
  for (const [rank, { no }] of parts.entries()) {
    const head = heads?.get(no)
    if (head) all.push(ofPart(samplesOfHead(head), rank))
  }
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
  readonly #open = new OpenRuns<Source>((run) => this.#take(run))
  /** Newest event time in columns, epoch ms. */
  #takenUntil = -Infinity

  constructor(query: RangeQuery) {
    const { request, heads } = query
    this.#query = query
    this.#all = request.metrics.map((metric) => ({ metric, envelope: new MinMaxColumns(request, request.points) }))
    if (heads) this.addHeads(heads)
  }

  add(chunk: Chunk, rank: number): void {
    const { numberOf, bump } = this.#query
    const { t0, t1 } = chunk.header
    // In order of the seconds in which they begin.
    this.#open.closeBefore((Math.floor(t0 / 1000) - bump) * 1000)
    this.#open.add({ chunk, rank }, { samples: ofPart(samplesOfChunk(chunk, numberOf), rank), t0, t1 })
  }

  canTake({ at }: HeadCopy): boolean {
    return at.every((time) => time > this.#takenUntil)
  }

  addHeads(heads: HeadCopies): void {
    for (const [rank, { no }] of this.#query.parts.entries()) {
      const head = heads.get(no)
      const samples = head && ofPart(samplesOfHead(head), rank)
      const t0 = samples?.at[0]
      if (samples && t0 !== undefined)
        this.#open.add({ chunk: null, rank }, { samples, t0, t1: samples.at.at(-1) ?? t0 })
    }
  }

  result(): SeriesColumns[] {
    this.#open.closeBefore(Infinity)
    return this.#all.map(({ metric, envelope }) => envelope.result(metric))
  }

  #take(run: Run<Source>): void {
    this.#takenUntil = Math.max(this.#takenUntil, run.t1)
    const { source, replacedBy } = run
    const { chunk } = source
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
