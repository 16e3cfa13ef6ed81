import type { RangeSegment } from '#shared/ipc/contract.ts'
import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { RangeSeries } from '#shared/rest/metrics.ts'
import type { z } from 'zod'

type BackendSeries = z.infer<typeof RangeSeries>

/** Epoch ms, both ends included. */
interface TimeSpan {
  readonly from: number
  readonly to: number
}

export interface BackendHistory extends TimeSpan {
  /** Seconds; 0: raw values. */
  readonly resolution: number
  readonly series: readonly BackendSeries[]
  /** Maximum number of columns. */
  readonly points: number
}

const minPoints = 10

/** Splits `points` columns between backend and cache, by length, with a minimum for each. */
export function splitPoints(points: number, range: TimeSpan, boundary: number): { early: number; late: number } {
  const share = (boundary - range.from) / Math.max(range.to - range.from, 1)
  const early = Math.min(Math.max(Math.round(points * share), minPoints), Math.max(points - minPoints, minPoints))
  return { early, late: Math.max(points - early, minPoints) }
}

/** The backend's columns before `boundary`, then the cache's: ascending, without duplicate times. */
export function joinRange(
  metrics: readonly string[],
  history: BackendHistory,
  cached: { readonly series: readonly SeriesColumns[]; readonly boundary: number },
): SeriesColumns[] {
  return metrics.map((metric) => {
    const early = backendColumns(history, metric, cached.boundary)
    const late = cached.series.find((series) => series.metric === metric)
    const joined = (name: 'at' | 'min' | 'max' | 'last'): Float64Array<ArrayBuffer> => {
      const tail = late?.[name] ?? new Float64Array(0)
      const all = new Float64Array(early.length + tail.length)
      early.forEach((column, i) => (all[i] = column[name]))
      all.set(tail, early.length)
      return all
    }
    return { metric, at: joined('at'), min: joined('min'), max: joined('max'), last: joined('last') }
  })
}

export function segmentsOf(range: TimeSpan, boundary: number, resolution: number): RangeSegment[] {
  const segments: RangeSegment[] = [
    { from: range.from, to: boundary, source: 'backend', resolution },
    { from: boundary, to: range.to, source: 'cache', resolution: 0 },
  ]
  return segments.filter(({ from, to }) => from < to)
}

interface Column {
  readonly at: number
  readonly min: number
  readonly max: number
  readonly last: number
}

function backendColumns(history: BackendHistory, metric: string, boundary: number): Column[] {
  const series = history.series.find((one) => one.metric === metric)
  if (!series) return []
  const { t, min, max, last } = series
  const columns = t
    .map((at, i) => ({ at, min: min[i] ?? NaN, max: max[i] ?? NaN, last: last[i] ?? NaN }))
    .filter(({ at }) => at >= history.from && at < boundary)
    .sort((a, b) => a.at - b.at)
  return withGaps(columns, longestStepMs(history, columns))
}

/** Longest step without a gap in the line, in ms, as for the cache's columns. */
function longestStepMs({ from, to, points, resolution }: BackendHistory, columns: readonly Column[]): number {
  const steps = columns.slice(1).map(({ at }, i) => at - (columns[i]?.at ?? at))
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0
  return Math.max(3 * usual, 3 * resolution * 1000, (3 * (to - from)) / points, 15_000)
}

function withGaps(columns: readonly Column[], longestMs: number): Column[] {
  return columns.flatMap((column, i) => {
    const before = columns[i - 1]
    if (!before || column.at - before.at <= longestMs) return [column]
    return [{ at: (before.at + column.at) / 2, min: NaN, max: NaN, last: NaN }, column]
  })
}
