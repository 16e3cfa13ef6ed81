import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { ClosedTimeRange } from '../store/read-store.ts'
import type { ChartPoints } from './chart-points.ts'
import { drawnColumns } from './chart-points.ts'
import type { SeriesSlice } from './series-slice.ts'

/** All records of one part of a column, at least one. */
export interface ColumnPart {
  readonly firstAt: number
  readonly lastAt: number
  readonly min: number
  readonly max: number
  readonly last: number
  /** Usual time between two records, ms; 0 when unknown. */
  readonly intervalMs: number
}

/**
 * Records of one metric in a fixed number of columns of equal width. Each column has minimum, maximum and newest value,
 * so every spike stays visible at any zoom. Records may come in any order.
 */
export class MinMaxColumns {
  readonly #from: number
  readonly #perMs: number
  readonly #columns: number
  /** By column; `Infinity` for one without a record. */
  readonly #firstAt: Float64Array
  readonly #lastAt: Float64Array
  readonly #min: Float64Array
  readonly #max: Float64Array
  readonly #last: Float64Array
  readonly #intervalMs: Float64Array

  constructor({ from, to }: ClosedTimeRange, columns: number) {
    this.#from = from
    this.#perMs = columns / Math.max(to - from, 1)
    this.#columns = columns
    this.#firstAt = new Float64Array(columns).fill(Infinity)
    this.#lastAt = new Float64Array(columns)
    this.#min = new Float64Array(columns)
    this.#max = new Float64Array(columns)
    this.#last = new Float64Array(columns)
    this.#intervalMs = new Float64Array(columns)
  }

  /** The column of a time in the range. */
  columnOf(at: number): number {
    return Math.min(Math.floor((at - this.#from) * this.#perMs), this.#columns - 1)
  }

  /** Adds records that are all in the column of `part.firstAt`. Of equal times, the later call is newer. */
  add(part: ColumnPart): void {
    this.#join(this.columnOf(part.firstAt), part)
  }

  /** Adds the records of each column together. They are adjacent, because the slice is in order of time. */
  addSlice({ at, values, first, end, intervalMs }: SeriesSlice): void {
    let next = first
    while (next < end) {
      const from = next
      const column = this.columnOf(at[from] ?? NaN)
      while (next < end && this.columnOf(at[next] ?? NaN) === column) next++
      const part = partOf({ at, values, first: from, end: next, intervalMs })
      if (part) this.#join(column, part)
    }
  }

  /** A gap needs an empty column between two neighbors, so gaps never exceed the number of columns. */
  result(metric: string): SeriesColumns {
    const points = this.#points()
    const { firstAt, lastAt } = points
    const apart = (left: number, right: number): boolean =>
      this.columnOf(firstAt[right] ?? NaN) - this.columnOf(lastAt[left] ?? NaN) > 1
    return drawnColumns(metric, points, apart)
  }

  /** The columns that have a record. */
  #points(): ChartPoints {
    const used = new Uint16Array(this.#columns)
    let count = 0
    for (let column = 0; column < used.length; column++) if (this.#firstAt[column] !== Infinity) used[count++] = column
    const pick = (values: Float64Array): Float64Array => {
      if (count === used.length) return values
      const picked = new Float64Array(count)
      for (let i = 0; i < count; i++) picked[i] = values[used[i] ?? 0] ?? NaN
      return picked
    }
    return {
      count,
      firstAt: pick(this.#firstAt),
      lastAt: pick(this.#lastAt),
      min: pick(this.#min),
      max: pick(this.#max),
      last: pick(this.#last),
      intervalMs: pick(this.#intervalMs),
    }
  }

  #join(column: number, part: ColumnPart): void {
    const firstAt = this.#firstAt[column] ?? NaN
    const isFirst = firstAt === Infinity
    const lastAt = isFirst ? -Infinity : (this.#lastAt[column] ?? NaN)
    this.#firstAt[column] = Math.min(firstAt, part.firstAt)
    this.#lastAt[column] = Math.max(lastAt, part.lastAt)
    this.#min[column] = isFirst ? part.min : Math.min(this.#min[column] ?? NaN, part.min)
    this.#max[column] = isFirst ? part.max : Math.max(this.#max[column] ?? NaN, part.max)
    if (part.lastAt < lastAt) return
    this.#last[column] = part.last
    this.#intervalMs[column] = part.intervalMs
  }
}

/** The records of a slice as one part; `null` when none has a value. */
function partOf({ at, values, first, end, intervalMs }: SeriesSlice): ColumnPart | null {
  let firstAt = NaN
  let lastAt = NaN
  let min = Infinity
  let max = -Infinity
  let last = NaN
  for (let i = first; i < end; i++) {
    const value = values[i] ?? NaN
    if (Number.isNaN(value)) continue
    lastAt = at[i] ?? NaN
    if (Number.isNaN(firstAt)) firstAt = lastAt
    if (value < min) min = value
    if (value > max) max = value
    last = value
  }
  return Number.isNaN(firstAt) ? null : { firstAt, lastAt, min, max, last, intervalMs }
}
