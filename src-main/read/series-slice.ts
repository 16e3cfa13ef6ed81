import { orderByTime } from '../store/chunk/chunk.ts'
import { typicalInterval } from '../store/heads/latest-values.ts'
import type { ClosedTimeRange } from '../store/read-store.ts'
import type { ChartPoints } from './chart-points.ts'
import { indexRange, type SortedSamples } from './sorted-samples.ts'

/** Values of one metric by time. The records of the range are those from `first` up to, not including, `end`. */
export interface SeriesSlice {
  readonly at: Float64Array
  /** NaN for a record without the metric. */
  readonly values: Float64Array
  readonly first: number
  readonly end: number
  /** Usual time between two records that have the metric, ms; 0 when unknown. */
  readonly intervalMs: number
}

/** `null` without a record in the range. */
export function sliceOf(samples: SortedSamples, metric: string, range: ClosedTimeRange): SeriesSlice | null {
  const values = samples.values(metric)
  return values && sliceOfValues(samples.at, values, range)
}

/** `null` without a record in the range. */
export function sliceOfValues(at: Float64Array, values: Float64Array, range: ClosedTimeRange): SeriesSlice | null {
  const { first, end } = indexRange(at, range)
  if (first === end) return null
  // The interval is that of the metric: one in every tenth record has longer intervals than its node.
  return { at, values, first, end, intervalMs: typicalInterval(at, values) ?? 0 }
}

/** Values of several slices together. */
export interface MergedValues {
  readonly points: ChartPoints
  /** Whether a newer value replaced another one of the same time. */
  readonly hasReplaced: boolean
}

/** Every value of the slices as a point of its own. Of equal times, the later slice is newer: its value replaces others. */
export function mergedValues(slices: readonly SeriesSlice[]): MergedValues {
  const room = slices.reduce((sum, { first, end }) => sum + end - first, 0)
  const at = new Float64Array(room)
  const values = new Float64Array(room)
  const intervalMs = new Float64Array(room)
  let found = 0
  for (const slice of slices) {
    for (let i = slice.first; i < slice.end; i++) {
      const value = slice.values[i] ?? NaN
      if (value !== value) continue
      at[found] = slice.at[i] ?? NaN
      values[found] = value
      intervalMs[found++] = slice.intervalMs
    }
  }
  const order = orderByTime(at.subarray(0, found))
  const times = inOrder(at, order)
  const value = inOrder(values, order)
  const intervals = inOrder(intervalMs, order)
  let count = 0
  for (let i = 0; i < found; i++) {
    if (i + 1 < found && times[i] === times[i + 1]) continue
    times[count] = times[i] as number
    value[count] = value[i] as number
    intervals[count++] = intervals[i] as number
  }
  const points = { count, firstAt: times, lastAt: times, min: value, max: value, last: value, intervalMs: intervals }
  return { points, hasReplaced: count < found }
}

function inOrder(column: Float64Array, order: Uint32Array | null): Float64Array {
  return order ? Float64Array.from(order, (i) => column[i] ?? NaN) : column
}
