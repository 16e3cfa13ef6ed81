/** Statistics of one metric in a minute, one after another in `LayoutMinute`. */
const fields = 7
const [sum, scaledSum, min, max, last, minAt, maxAt] = [0, 1, 2, 3, 4, 5, 6]
/** Sums of a billion billion of the largest values, divided by it, stay within a double. */
const scale = 2 ** 60

/** The samples of one node in one minute with the same list of metrics. Added in any order, each time once. */
export class LayoutMinute {
  /** Number of metrics. */
  readonly width: number
  readonly #stats: Float64Array
  #n = 0
  #lastAt = -Infinity

  constructor(width: number) {
    this.width = width
    this.#stats = new Float64Array(width * fields)
  }

  /** Number of samples. */
  get n(): number {
    return this.#n
  }

  /** Of the newest sample, as it was added. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Of equal values the earlier one is the minimum and the maximum. */
  add(at: number, values: readonly number[]): void {
    const isFirst = this.#n === 0
    const isNewest = at >= this.#lastAt
    this.#n += 1
    if (isNewest) this.#lastAt = at
    const stats = this.#stats
    for (let i = 0, place = 0; i < this.width; i++, place += fields) {
      const value = values[i] as number
      stats[place + sum] = (stats[place + sum] as number) + value
      stats[place + scaledSum] = (stats[place + scaledSum] as number) + value / scale
      if (isNewest) stats[place + last] = value
      const lowest = stats[place + min] as number
      if (isFirst || value < lowest || (value === lowest && at < (stats[place + minAt] as number))) {
        stats[place + min] = value
        stats[place + minAt] = at
      }
      const highest = stats[place + max] as number
      if (isFirst || value > highest || (value === highest && at < (stats[place + maxAt] as number))) {
        stats[place + max] = value
        stats[place + maxAt] = at
      }
    }
  }

  /** Between minimum and maximum, also if the sum is too large for a double. */
  mean(metric: number): number {
    const plain = this.#of(metric, sum)
    const mean = Number.isFinite(plain) ? plain / this.#n : (this.#of(metric, scaledSum) / this.#n) * scale
    return Math.max(this.min(metric), Math.min(this.max(metric), mean))
  }

  min(metric: number): number {
    return this.#of(metric, min)
  }

  max(metric: number): number {
    return this.#of(metric, max)
  }

  last(metric: number): number {
    return this.#of(metric, last)
  }

  minAt(metric: number): number {
    return this.#of(metric, minAt)
  }

  maxAt(metric: number): number {
    return this.#of(metric, maxAt)
  }

  #of(metric: number, field: number): number {
    return this.#stats[metric * fields + field] as number
  }
}
