import type { SeriesColumns } from '#shared/ipc/live-frame.ts'

/** One point of a chart: one record, or all records of one column. Times are epoch ms. */
export interface ChartPoint {
  readonly firstAt: number
  readonly lastAt: number
  readonly min: number
  readonly max: number
  readonly last: number
  /** Usual time between two records, ms; 0 when unknown. */
  readonly intervalMs: number
}

/** Shorter pauses are no gap, at any pace of the node. */
const shortestGapMs = 15_000
const gapIntervals = 3

/** Whether records are missing between two neighbors. A line across would show values that were never measured. */
function isGap(left: ChartPoint, right: ChartPoint): boolean {
  const interval = Math.max(left.intervalMs, right.intervalMs)
  return right.firstAt - left.lastAt > Math.max(gapIntervals * interval, shortestGapMs)
}

/** Inserts a NaN point in each gap. `mayBreak`: whether a point fits between two neighbors. */
export function withGaps(
  points: readonly ChartPoint[],
  mayBreak: (left: ChartPoint, right: ChartPoint) => boolean,
): ChartPoint[] {
  const all: ChartPoint[] = []
  let left: ChartPoint | undefined
  for (const right of points) {
    if (left && mayBreak(left, right) && isGap(left, right)) all.push(gapAt((left.lastAt + right.firstAt) / 2))
    all.push(right)
    left = right
  }
  return all
}

export function seriesColumns(metric: string, points: readonly ChartPoint[]): SeriesColumns {
  return {
    metric,
    at: Float64Array.from(points, ({ lastAt }) => lastAt),
    min: Float64Array.from(points, ({ min }) => min),
    max: Float64Array.from(points, ({ max }) => max),
    last: Float64Array.from(points, ({ last }) => last),
  }
}

function gapAt(at: number): ChartPoint {
  return { firstAt: at, lastAt: at, min: NaN, max: NaN, last: NaN, intervalMs: 0 }
}
