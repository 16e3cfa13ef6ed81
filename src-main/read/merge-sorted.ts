/** Rows of one source in order of time. */
export interface SortedRun {
  /** Place in the order of arrival; decides among equal times. */
  readonly order: number
  readonly at: Float64Array
  readonly columns: ReadonlyArray<Float64Array | null>
  /** Rows from `next` up to `end` are still to come. */
  next: number
  readonly end: number
}

/**
 * Brings rows of overlapping sources into one order of time. Sources are added by their beginning, and rows are taken
 * up to the time before which no further source begins, so only what overlaps is in memory.
 */
export class SortedMerge {
  #runs: SortedRun[] = []

  add(run: SortedRun): void {
    if (run.next >= run.end) return
    this.#runs.push(run)
    this.#runs.sort((a, b) => a.order - b.order)
  }

  /** Calls `take` for each row before `time`, oldest first; of equal times in order of arrival. */
  takeBefore(time: number, take: (run: SortedRun, row: number) => void): void {
    for (let run = this.#first(); run && nextAt(run) < time; run = this.#first()) {
      take(run, run.next)
      run.next++
      if (run.next === run.end) this.#runs = this.#runs.filter((other) => other !== run)
    }
  }

  #first(): SortedRun | undefined {
    let first: SortedRun | undefined
    for (const run of this.#runs) if (!first || nextAt(run) < nextAt(first)) first = run
    return first
  }
}

function nextAt(run: SortedRun): number {
  return run.at[run.next] ?? Infinity
}
