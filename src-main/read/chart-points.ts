import type { SeriesColumns } from '#shared/ipc/live-frame.ts'

/**
 * Points of a chart in order of time, as columns: each is one record, or all records of one column of the chart. Times
 * are epoch ms.
 */
export interface ChartPoints {
  readonly count: number
  readonly firstAt: Float64Array
  readonly lastAt: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly last: Float64Array
  /** Usual time between two records, ms; 0 when unknown. */
  readonly intervalMs: Float64Array
}

/** Shorter pauses are no gap, at any pace of the node. */
const shortestGapMs = 15_000
const gapIntervals = 3

/** Whether records are missing between two neighbors. A line across would show values that were never measured. */
function isGap({ firstAt, lastAt, intervalMs }: ChartPoints, left: number, right: number): boolean {
  const pause = (firstAt[right] ?? NaN) - (lastAt[left] ?? NaN)
  if (pause <= shortestGapMs) return false
  return pause > gapIntervals * Math.max(intervalMs[left] ?? NaN, intervalMs[right] ?? NaN)
}

/**
 * The columns of the chart, with a NaN point in each gap. `mayBreak`: whether a point fits between two neighbors, given
 * by their indices.
 */
export function drawnColumns(
  metric: string,
  points: ChartPoints,
  mayBreak: (left: number, right: number) => boolean,
): SeriesColumns {
  const { count, firstAt, lastAt, min, max, last } = points
  const gaps: number[] = []
  for (let right = 1; right < count; right++) {
    if (isGap(points, right - 1, right) && mayBreak(right - 1, right)) gaps.push(right)
  }
  const drawn = (column: Float64Array, gapValue: (right: number) => number): Float64Array<ArrayBuffer> => {
    if (gaps.length === 0) return column.slice(0, count) as Float64Array<ArrayBuffer>
    const all = new Float64Array(count + gaps.length)
    let from = 0
    gaps.forEach((right, g) => {
      all.set(column.subarray(from, right), from + g)
      all[right + g] = gapValue(right)
      from = right
    })
    all.set(column.subarray(from, count), from + gaps.length)
    return all
  }
  const nothing = (): number => NaN
  const middle = (right: number): number => ((lastAt[right - 1] ?? NaN) + (firstAt[right] ?? NaN)) / 2
  return {
    metric,
    at: drawn(lastAt, middle),
    min: drawn(min, nothing),
    max: drawn(max, nothing),
    last: drawn(last, nothing),
  }
}
