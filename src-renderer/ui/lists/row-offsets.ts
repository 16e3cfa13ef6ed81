/** Where the rows of a list are, in pixels from the top of the first. */
export class RowOffsets {
  /** The top of each row, and the end of the last. */
  readonly #tops: Float64Array

  /** @param heights Pixels of each row. */
  constructor(heights: readonly number[]) {
    this.#tops = new Float64Array(heights.length + 1)
    let top = 0
    for (const [index, height] of heights.entries()) this.#tops[index + 1] = top += height
  }

  /** Pixels of all rows together. */
  get total(): number {
    return this.topOf(this.#tops.length - 1)
  }

  /** The top of a row. The row after the last one would begin at `total`. */
  topOf(index: number): number {
    return this.#tops[Math.min(index, this.#tops.length - 1)] ?? 0
  }

  /** The number of rows that end at `y` or above. It is the index of the row at `y`, if there is one. */
  endedAt(y: number): number {
    let low = 0
    let high = this.#tops.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.topOf(middle + 1) <= y) low = middle + 1
      else high = middle
    }
    return low
  }
}
