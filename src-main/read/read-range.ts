import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { Chunk, MetricSummary } from '../store/chunk/chunk.ts'
import { headCapacity } from '../store/heads/head.ts'
import { typicalInterval } from '../store/heads/latest-values.ts'
import type { ReadNode, ReadStore, ClosedTimeRange } from '../store/read-store.ts'
import type { HeadCopy } from '../threads/read-calls.ts'
import type { ChartPoint } from './chart-points.ts'
import { seriesColumns, withGaps } from './chart-points.ts'
import { MinMaxColumns } from './min-max-columns.ts'
import type { SortedSamples } from './sorted-samples.ts'
import { samplesOfChunk, samplesOfHead, indexRange } from './sorted-samples.ts'

export interface RangeRequest extends ClosedTimeRange {
  readonly nodeId: string
  readonly metrics: readonly string[]
  /** Most columns per metric. */
  readonly points: number
}

/** Values of one metric in the range, by time. */
interface SeriesSlice {
  readonly at: Float64Array
  readonly values: Float64Array
  readonly intervalMs: number
}

/**
 * Metrics of one node over a range: every record if there are few, otherwise minimum, maximum and newest value of each
 * column. Copy `head` before the call: records that become a chunk in between are then read from either, never missed.
 */
export function readRange(store: ReadStore, head: HeadCopy | null, request: RangeRequest): SeriesColumns[] {
  return store.atOneTime(() => {
    const node = store.node(request.nodeId)
    const numbers = new Map(store.metrics().map(({ name, no }) => [name, no]))
    const reading: RangeQuery = { store, node, head, request, numberOf: (metric) => numbers.get(metric) }
    // The chunks at both ends extend beyond the range, so the limit allows for their records.
    const atMost = (node ? store.recordsAtMost(node, request) : 0) + (head?.at.length ?? 0)
    return atMost > request.points + 2 * headCapacity ? envelopes(reading) : fewRecords(reading)
  })
}

interface RangeQuery {
  readonly store: ReadStore
  readonly node: ReadNode | undefined
  readonly head: HeadCopy | null
  readonly request: RangeRequest
  readonly numberOf: (metric: string) => number | undefined
}

function* chunksOf({ store, node, head, request }: RangeQuery): Generator<Chunk> {
  if (!node) return
  for (const chunk of store.chunks(node, request)) {
    // Later chunks were created after the copy of the head, which has their records.
    if (!head || chunk.header.ordinal < head.ordinal) yield chunk
  }
}

function fewRecords(reading: RangeQuery): SeriesColumns[] {
  const { head, request, numberOf } = reading
  const all = Array.from(chunksOf(reading), (chunk) => samplesOfChunk(chunk, numberOf))
  if (head) all.push(samplesOfHead(head))
  all.sort((a, b) => a.order - b.order)
  return request.metrics.map((metric) => {
    const slices = all.map((records) => sliceOf(records, metric, request)).filter((slice) => slice !== null)
    const points = slices.flatMap(pointsOf).sort((a, b) => a.lastAt - b.lastAt)
    const drawn = withGaps(points, () => true)
    if (drawn.length <= request.points) return seriesColumns(metric, drawn)
    const envelope = new MinMaxColumns(request, request.points)
    for (const slice of slices) addSlice(envelope, slice)
    return envelope.result(metric)
  })
}

function envelopes(reading: RangeQuery): SeriesColumns[] {
  const { head, request, numberOf } = reading
  const folded = request.metrics.map((metric) => ({ metric, envelope: new MinMaxColumns(request, request.points) }))
  for (const chunk of chunksOf(reading)) {
    const records = samplesOfChunk(chunk, numberOf)
    for (const { metric, envelope } of folded) {
      const summary = chunk.header.metrics.find((one) => one.metric === numberOf(metric))
      if (!summary) continue
      const whole = summaryPoint(chunk, summary, request)
      if (whole && envelope.columnOf(whole.firstAt) === envelope.columnOf(whole.lastAt)) envelope.add(whole)
      else addSlice(envelope, sliceOf(records, metric, request))
    }
  }
  for (const { metric, envelope } of folded) {
    if (head) addSlice(envelope, sliceOf(samplesOfHead(head), metric, request))
  }
  return folded.map(({ metric, envelope }) => envelope.result(metric))
}

/** One point from the header: only for a chunk that is completely in the range and has the metric in every record. */
function summaryPoint(
  { header }: Chunk,
  { n, min, max, last }: MetricSummary,
  { from, to }: ClosedTimeRange,
): ChartPoint | null {
  if (n !== header.n || header.t0 < from || header.t1 > to) return null
  const intervalMs = n > 1 ? (header.t1 - header.t0) / (n - 1) : 0
  return { firstAt: header.t0, lastAt: header.t1, min, max, last, intervalMs }
}

/** The interval is that of the metric: one in every tenth record has longer intervals than its node. */
function sliceOf(records: SortedSamples, metric: string, range: ClosedTimeRange): SeriesSlice | null {
  const values = records.values(metric)
  if (!values) return null
  // Usually every record has the metric, and nothing is copied.
  const sparse = values.some((value) => Number.isNaN(value))
  const at = sparse ? records.at.filter((_, i) => !Number.isNaN(values[i])) : records.at
  const present = sparse ? values.filter((value) => !Number.isNaN(value)) : values
  const { first, end } = indexRange(at, range)
  if (first === end) return null
  return {
    at: at.subarray(first, end),
    values: present.subarray(first, end),
    intervalMs: typicalInterval(at) ?? 0,
  }
}

function pointsOf({ at, values, intervalMs }: SeriesSlice): ChartPoint[] {
  return Array.from(values, (value, i) => pointOf(at[i] ?? NaN, value, intervalMs))
}

function pointOf(at: number, value: number, intervalMs: number): ChartPoint {
  return { firstAt: at, lastAt: at, min: value, max: value, last: value, intervalMs }
}

/** Adds the records of each column together. They are adjacent, because the slice is in order of time. */
function addSlice(envelope: MinMaxColumns, slice: SeriesSlice | null): void {
  if (!slice) return
  const { at, values, intervalMs } = slice
  let first = 0
  let column = -1
  const flush = (end: number): void => {
    if (end > first) envelope.add(foldedPoint(at.subarray(first, end), values.subarray(first, end), intervalMs))
    first = end
  }
  at.forEach((time, i) => {
    const place = envelope.columnOf(time)
    if (place !== column) flush(i)
    column = place
  })
  flush(at.length)
}

/** At least one record, in order of time. */
function foldedPoint(at: Float64Array, values: Float64Array, intervalMs: number): ChartPoint {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  const [firstAt = NaN] = at
  return { firstAt, lastAt: at.at(-1) ?? NaN, min, max, last: values.at(-1) ?? NaN, intervalMs }
}
