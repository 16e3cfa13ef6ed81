/** Rows of one chunk or head in order of time. */
export interface SortedRun {
  /** Rank in the order of arrival; decides between equal times. */
  readonly order: number
  readonly at: Float64Array
  readonly columns: ReadonlyArray<Float64Array | null>
  /** Rows from `next` up to `end` are not taken yet. */
  next: number
  readonly end: number
}

/**
 * Merges rows of overlapping runs in order of time. The caller adds runs in order of their start and takes rows up to
 * the start of the next run, so only overlapping runs are in memory.
 */
export class SortedMerge {
  #runs: SortedRun[] = []

  add(run: SortedRun): void {
    if (run.next >= run.end) return
    this.#runs.push(run)
    this.#runs.sort((a, b) => a.order - b.order)
  }

  /** Calls `take` for each row before `time`, oldest first; equal times in order of arrival. */
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
