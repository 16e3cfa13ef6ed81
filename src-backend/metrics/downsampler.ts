import type { TimeRange } from './range-plan.ts'

/** One value, or minimum, maximum and newest of several. Times are epoch ms. */
export interface DownsampledPoint {
  minAt: number
  min: number
  maxAt: number
  max: number
  lastAt: number
  last: number
}

export interface TimedValue {
  readonly at: number
  readonly value: number
}

/**
 * Downsamples the values of one metric over a range, in any order. Up to `most` values stay unchanged. More are folded
 * into `columns` columns of equal width. Each has its minimum, maximum and newest value, so that no spike is lost.
 * Values after the end belong to the last column: a producer's clock may be ahead.
 */
export class Downsampler {
  readonly #from: number
  readonly #perMs: number
  readonly #most: number
  readonly #columns: Array<DownsampledPoint | undefined>
  #few: DownsampledPoint[] | undefined = []
  readonly #minutes = new Map<number, DownsampledPoint>()

  constructor({ from, to }: TimeRange, { columns, most }: { readonly columns: number; readonly most: number }) {
    this.#from = from
    this.#perMs = columns / Math.max(to - from, 1)
    this.#most = most
    this.#columns = new Array<DownsampledPoint | undefined>(columns).fill(undefined)
  }

  addValue(at: number, value: number): void {
    const known = this.#few ? undefined : this.#columns[this.#columnOf(at)]
    if (known) widen(known, at, value)
    else this.addPoint({ minAt: at, min: value, maxAt: at, max: value, lastAt: at, last: value })
  }

  /** Pieces of the same minute are one point, as if they were of one rollup. */
  addMinute(minute: number, piece: DownsampledPoint): void {
    const known = this.#minutes.get(minute)
    if (known) return join(known, piece)
    if (this.#few) this.#minutes.set(minute, piece)
    this.addPoint(piece)
  }

  addPoint(piece: DownsampledPoint): void {
    if (!this.#few) return this.#fold(piece)
    this.#few.push(piece)
    if (this.#few.length <= this.#most) return
    const all = this.#few
    this.#few = undefined
    this.#minutes.clear()
    for (const one of all) this.#fold(one)
  }

  /** Oldest first. */
  points(): readonly DownsampledPoint[] {
    if (this.#few) return this.#few.toSorted((a, b) => a.lastAt - b.lastAt)
    return this.#columns.filter((piece) => piece !== undefined)
  }

  #fold(piece: DownsampledPoint): void {
    const column = this.#columnOf(piece.lastAt)
    const known = this.#columns[column]
    if (known) join(known, piece)
    else this.#columns[column] = piece
  }

  #columnOf(at: number): number {
    const column = Math.floor((at - this.#from) * this.#perMs)
    return Math.min(Math.max(column, 0), this.#columns.length - 1)
  }
}

/** The original values of these points, oldest first: one if minimum and maximum are the same value, else two. */
export function valuesOf(points: readonly DownsampledPoint[]): TimedValue[] {
  const values: TimedValue[] = []
  for (const { minAt, min, maxAt, max } of points) {
    const low = { at: minAt, value: min }
    const high = { at: maxAt, value: max }
    if (minAt === maxAt && min === max) values.push(low)
    else values.push(...(minAt <= maxAt ? [low, high] : [high, low]))
  }
  return values
}

function widen(known: DownsampledPoint, at: number, value: number): void {
  lower(known, at, value)
  raise(known, at, value)
  renew(known, at, value)
}

function join(known: DownsampledPoint, { minAt, min, maxAt, max, lastAt, last }: DownsampledPoint): void {
  lower(known, minAt, min)
  raise(known, maxAt, max)
  renew(known, lastAt, last)
}

/** Of equal values the earlier one counts, so that the order of arrival does not matter. */
function lower(known: DownsampledPoint, at: number, value: number): void {
  if (value > known.min || (value === known.min && at >= known.minAt)) return
  known.min = value
  known.minAt = at
}

function raise(known: DownsampledPoint, at: number, value: number): void {
  if (value < known.max || (value === known.max && at >= known.maxAt)) return
  known.max = value
  known.maxAt = at
}

function renew(known: DownsampledPoint, at: number, value: number): void {
  if (at < known.lastAt) return
  known.last = value
  known.lastAt = at
}
