import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { ClosedTimeRange } from '../store/read-store.ts'
import type { ChartPoint } from './chart-points.ts'
import { seriesColumns, withGaps } from './chart-points.ts'

/**
 * Records of one metric in a fixed number of columns of equal width. Each column has minimum, maximum and newest value,
 * so every spike stays visible at any zoom. Records may come in any order.
 */
export class MinMaxColumns {
  readonly #from: number
  readonly #perMs: number
  readonly #columns: Array<ChartPoint | undefined>

  constructor({ from, to }: ClosedTimeRange, columns: number) {
    this.#from = from
    this.#perMs = columns / Math.max(to - from, 1)
    this.#columns = new Array<ChartPoint | undefined>(columns).fill(undefined)
  }

  /** The column of a time in the range. */
  columnOf(at: number): number {
    return Math.min(Math.floor((at - this.#from) * this.#perMs), this.#columns.length - 1)
  }

  /** Adds records that are all in the column of `part.firstAt`. Of equal times, the later call is newer. */
  add(part: ChartPoint): void {
    const column = this.columnOf(part.firstAt)
    const known = this.#columns[column]
    this.#columns[column] = known === undefined ? part : joined(known, part)
  }

  /** A gap needs an empty column between two neighbors, so gaps never exceed the number of columns. */
  result(metric: string): SeriesColumns {
    const points = this.#columns.filter((point) => point !== undefined)
    const apart = (left: ChartPoint, right: ChartPoint): boolean =>
      this.columnOf(right.firstAt) - this.columnOf(left.lastAt) > 1
    return seriesColumns(metric, withGaps(points, apart))
  }
}

function joined(known: ChartPoint, part: ChartPoint): ChartPoint {
  const newer = part.lastAt >= known.lastAt
  return {
    firstAt: Math.min(known.firstAt, part.firstAt),
    lastAt: Math.max(known.lastAt, part.lastAt),
    min: Math.min(known.min, part.min),
    max: Math.max(known.max, part.max),
    last: newer ? part.last : known.last,
    intervalMs: newer ? part.intervalMs : known.intervalMs,
  }
}
