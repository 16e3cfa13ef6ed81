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

type WritablePart = { -readonly [K in keyof ColumnPart]: ColumnPart[K] }

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
  /** Used again for each column: objects of their own would be most of the garbage of a chart. */
  readonly #part: WritablePart = { firstAt: NaN, lastAt: NaN, min: NaN, max: NaN, last: NaN, intervalMs: 0 }

  constructor({ from, to }: ClosedTimeRange, columns: number) {
    this.#from = from
    this.#perMs = columns / Math.max(to - from, 1)
    this.#columns = columns
    // One array buffer costs as much as a thousand numbers.
    const all = new Float64Array(columns * 6)
    const column = (index: number): Float64Array => all.subarray(index * columns, (index + 1) * columns)
    this.#firstAt = column(0).fill(Infinity)
    this.#lastAt = column(1)
    this.#min = column(2)
    this.#max = column(3)
    this.#last = column(4)
    this.#intervalMs = column(5)
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
    const part = this.#part
    part.intervalMs = intervalMs
    let records = 1
    for (let next = first; next < end;) {
      const from = next
      const column = this.columnOf(at[from] ?? NaN)
      // Neighboring columns have about the same number of records, so few of them are looked at.
      next = Math.min(from + records, end)
      if (this.columnOf(at[next - 1] ?? NaN) === column) {
        while (next < end && this.columnOf(at[next] ?? NaN) === column) next++
      } else {
        do next--
        while (this.columnOf(at[next - 1] ?? NaN) !== column)
      }
      records = next - from
      if (summarize({ at, values }, from, next, part)) this.#join(column, part)
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

/** Sets `part` from the records of one column. @returns whether one has a value */
// eslint-disable-next-line max-params -- called per column: an object of arguments would be one more allocation
function summarize(
  { at, values }: Pick<SeriesSlice, 'at' | 'values'>,
  from: number,
  end: number,
  part: WritablePart,
): boolean {
  let first = -1
  let newest = -1
  let min = Infinity
  let max = -Infinity
  for (let i = from; i < end; i++) {
    const value = values[i] as number
    if (value !== value) continue
    if (first < 0) first = i
    newest = i
    if (value < min) min = value
    if (value > max) max = value
  }
  if (first < 0) return false
  part.firstAt = at[first] as number
  part.lastAt = at[newest] as number
  part.min = min
  part.max = max
  part.last = values[newest] as number
  return true
}
