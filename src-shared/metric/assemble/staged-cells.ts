/**
 * Numbers of which one batch can be undone. **Invariant**: while a batch is staged, `spare` has the numbers before it.
 */
export class StagedCells {
  now: Float64Array
  #spare: Float64Array
  #isStaged = false

  constructor(length: number) {
    this.now = new Float64Array(length)
    this.#spare = new Float64Array(length)
  }

  /** Keeps the numbers for `rollback`. @returns false if they are kept already */
  stage(): boolean {
    if (this.#isStaged) return false
    this.#isStaged = true
    const working = this.#spare
    working.set(this.now)
    this.#spare = this.now
    this.now = working
    return true
  }

  commit(): void {
    this.#isStaged = false
  }

  rollback(): void {
    if (!this.#isStaged) return
    this.#isStaged = false
    const before = this.#spare
    this.#spare = this.now
    this.now = before
  }

  /** Makes room. The numbers behind those that there are become `fill`, also of those before the batch. */
  grow(length: number, fill: readonly number[]): void {
    this.now = grown(this.now, length, fill)
    this.#spare = grown(this.#spare, length, fill)
  }
}

function grown(cells: Float64Array, length: number, fill: readonly number[]): Float64Array {
  const longer = new Float64Array(length)
  longer.set(cells)
  for (let i = cells.length; i < length; i++) longer[i] = fill[(i - cells.length) % fill.length] as number
  return longer
}
