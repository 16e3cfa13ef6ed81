import type { SeriesColumns } from '#shared/ipc/live-frame.ts'

/**
 * One series, oldest first: columns of the cache, followed by live samples. A gap is a point whose `last` is `NaN`. A
 * full ring drops the oldest point.
 */
export class SeriesRing {
  readonly #capacity: number
  readonly #at: Float64Array
  readonly #min: Float64Array
  readonly #max: Float64Array
  readonly #last: Float64Array
  #start = 0
  #length = 0
  /** Changes with every point, so that a drawing knows whether it is outdated. */
  version = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#at = new Float64Array(capacity)
    this.#min = new Float64Array(capacity)
    this.#max = new Float64Array(capacity)
    this.#last = new Float64Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  at(i: number): number {
    return this.#at[this.#slot(i)] ?? NaN
  }
  min(i: number): number {
    return this.#min[this.#slot(i)] ?? NaN
  }
  max(i: number): number {
    return this.#max[this.#slot(i)] ?? NaN
  }
  last(i: number): number {
    return this.#last[this.#slot(i)] ?? NaN
  }

  /** Time of the newest point, or `-Infinity` when empty. */
  get newestAt(): number {
    return this.#length === 0 ? -Infinity : this.at(this.#length - 1)
  }

  /** Replaces all points by the columns of the cache. Newer live points stay after them. */
  replace(columns: SeriesColumns): void {
    const tail: Array<readonly [number, number]> = []
    const end = columns.at.at(-1) ?? -Infinity
    for (let i = 0; i < this.#length; i++) if (this.at(i) > end) tail.push([this.at(i), this.last(i)])
    this.#start = 0
    this.#length = 0
    for (let i = Math.max(0, columns.at.length - this.#capacity); i < columns.at.length; i++) {
      const slot = this.#push(columns.at[i] ?? NaN, columns.last[i] ?? NaN)
      this.#min[slot] = columns.min[i] ?? NaN
      this.#max[slot] = columns.max[i] ?? NaN
      if (Number.isNaN(this.#min[slot])) this.#last[slot] = NaN
    }
    for (const [at, value] of tail) this.#push(at, value)
    this.version++
  }

  /**
   * Appends a live sample that is newer than the last point. After `gapMs` without data, the line has a gap.
   * @returns whether no point is close before the new one
   */
  append(at: number, value: number, gapMs: number): boolean {
    const newest = this.newestAt
    if (at <= newest || Number.isNaN(value)) return false
    const isAlone = at - newest > gapMs
    if (isAlone && this.#length > 0) this.#push(newest + 1, NaN)
    this.#push(at, value)
    this.version++
    return isAlone
  }

  /** The last value until `at`, epoch ms. */
  lastUntil(at: number): { readonly at: number; readonly value: number } | undefined {
    for (let i = this.#length - 1; i >= 0; i--) {
      if (this.at(i) <= at && !Number.isNaN(this.last(i))) return { at: this.at(i), value: this.last(i) }
    }
    return undefined
  }

  /** Lowest and highest value of the points since `from`. Without any, `low` is greater than `high`. */
  extent(from: number): { readonly low: number; readonly high: number } {
    let low = Infinity
    let high = -Infinity
    for (let i = this.#first(from); i < this.#length; i++) {
      if (this.min(i) < low) low = this.min(i)
      if (this.max(i) > high) high = this.max(i)
    }
    return { low, high }
  }

  /**
   * Copies `[at, min, max - min, last]` of the points since `from` into one interleaved array. Values are divided by
   * `factor`: the difference of ±1.7e308 is no number.
   */
  interleaved(from: number, factor = 1): Float64Array {
    const first = this.#first(from)
    const out = new Float64Array((this.#length - first) * 4)
    for (let i = first, o = 0; i < this.#length; i++, o += 4) {
      const min = this.min(i) / factor
      out[o] = this.at(i)
      out[o + 1] = min
      out[o + 2] = this.max(i) / factor - min
      out[o + 3] = this.last(i) / factor
    }
    return out
  }

  /** The last point before `from`, if there is one: the line enters from the left edge. */
  #first(from: number): number {
    let first = 0
    while (first < this.#length && this.at(first) < from) first++
    return Math.max(0, first - 1)
  }

  #slot(i: number): number {
    return (this.#start + i) % this.#capacity
  }

  /** Adds a point with `min` = `max` = `last`. @returns its slot, for a caller that has other values */
  #push(at: number, value: number): number {
    const slot = this.#slot(this.#length)
    this.#at[slot] = at
    this.#min[slot] = value
    this.#max[slot] = value
    this.#last[slot] = value
    if (this.#length < this.#capacity) this.#length++
    else this.#start = (this.#start + 1) % this.#capacity
    return slot
  }
}
