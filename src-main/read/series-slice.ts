import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import { orderByTime } from '../store/chunk/chunk.ts'
import { typicalInterval } from '../store/heads/latest-values.ts'
import type { ClosedTimeRange } from '../store/read-store.ts'
import { drawnColumns } from './chart-points.ts'
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
  if (!values) return null
  const { at } = samples
  const { first, end } = indexRange(at, range)
  if (first === end) return null
  // The interval is that of the metric: one in every tenth record has longer intervals than its node.
  return { at, values, first, end, intervalMs: typicalInterval(at, values) ?? 0 }
}

/** Every value of the slices as a point of its own. Of equal times, the later slice is newer. */
export function everyValue(metric: string, slices: readonly SeriesSlice[]): SeriesColumns {
  const room = slices.reduce((sum, { first, end }) => sum + end - first, 0)
  const at = new Float64Array(room)
  const values = new Float64Array(room)
  const intervalMs = new Float64Array(room)
  let count = 0
  for (const slice of slices) {
    for (let i = slice.first; i < slice.end; i++) {
      const value = slice.values[i] ?? NaN
      if (value !== value) continue
      at[count] = slice.at[i] ?? NaN
      values[count] = value
      intervalMs[count++] = slice.intervalMs
    }
  }
  const order = orderByTime(at.subarray(0, count))
  const inOrder = (column: Float64Array): Float64Array =>
    order ? Float64Array.from(order, (i) => column[i] ?? NaN) : column
  const times = inOrder(at)
  const value = inOrder(values)
  const points = { firstAt: times, lastAt: times, min: value, max: value, last: value, intervalMs: inOrder(intervalMs) }
  return drawnColumns(metric, { ...points, count }, () => true)
}
