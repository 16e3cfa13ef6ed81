/** Rows of one chunk or head in order of time. */
export interface SortedRun {
  /** Rank in the order of arrival; decides between equal times. */
  readonly order: number
  readonly at: Float64Array
  /** The columns that it has, with their places in a row. */
  readonly columns: ReadonlyArray<readonly [place: number, values: Float64Array]>
  /** Rows from `next` up to `end` are not taken yet. */
  next: number
  readonly end: number
}

/**
 * Merges rows of overlapping runs in order of time, one for each time. The caller adds runs in order of their start and
 * takes rows up to the start of the next run, so only overlapping runs are in memory.
 */
export class SortedMerge<Run extends SortedRun = SortedRun> {
  #runs: Run[] = []
  readonly #row: Float64Array

  /** @param columns in each run */
  constructor(columns: number) {
    this.#row = new Float64Array(columns)
  }

  add(run: Run): void {
    if (run.next >= run.end) return
    this.#runs.push(run)
    this.#runs.sort((a, b) => a.order - b.order)
  }

  /**
   * Calls `take` with each time before `time`, oldest first, and with the newest value of each column at that time; NaN
   * without one. The row is valid during the call.
   * @param takeOne called before it with each row of that time, at `next` of its run
   */
  takeBefore(time: number, take: (at: number, row: Float64Array) => void, takeOne?: (run: Run) => void): void {
    for (let at = this.#firstAt(); at < time; at = this.#firstAt()) {
      this.#row.fill(NaN)
      let isOver = false
      for (const run of this.#runs) {
        while (nextAt(run) === at) {
          takeOne?.(run)
          this.#put(run)
        }
        isOver ||= run.next === run.end
      }
      if (isOver) this.#runs = this.#runs.filter((run) => run.next < run.end)
      take(at, this.#row)
    }
  }

  #put(run: SortedRun): void {
    const { columns, next } = run
    for (const [place, values] of columns) {
      const value = values[next] as number
      if (value === value) this.#row[place] = value
    }
    run.next++
  }

  /** Infinity when all rows are taken. */
  #firstAt(): number {
    let first = Infinity
    for (const run of this.#runs) first = Math.min(first, nextAt(run))
    return first
  }
}

function nextAt({ at, next, end }: SortedRun): number {
  return next < end ? (at[next] ?? Infinity) : Infinity
}
