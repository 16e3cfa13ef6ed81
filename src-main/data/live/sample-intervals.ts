const kept = 5

/**
 * Observed interval of each node: the median of its last five event-time steps. One outage or one duplicate record
 * does not change it.
 */
export class SampleIntervals {
  #steps = new Float64Array(16 * kept)
  #counts = new Uint8Array(16)
  readonly #sorted = new Float64Array(kept)

  /** Adds the step (ms) from one record of the node to the next. Ignores steps that are not positive. */
  add(node: number, stepMs: number): void {
    if (node >= this.#counts.length) this.#grow(node)
    if (stepMs <= 0) return
    const count = this.#counts[node] ?? 0
    this.#steps[node * kept + (count % kept)] = stepMs
    // Between 5 and 9 once the node has five steps: the index still rotates, and the count fits into a byte.
    this.#counts[node] = count + 1 === 2 * kept ? kept : count + 1
  }

  /** Milliseconds between two records of the node; NaN before the second record. */
  median(node: number): number {
    const count = Math.min(this.#counts[node] ?? 0, kept)
    if (count === 0) return NaN
    const sorted = this.#sorted.subarray(0, count)
    sorted.set(this.#steps.subarray(node * kept, node * kept + count))
    sorted.sort()
    return sorted[count >> 1] ?? NaN
  }

  /** The newest steps, ms, oldest first. */
  steps(node: number): number[] {
    const count = this.#counts[node] ?? 0
    const length = Math.min(count, kept)
    const place = (i: number): number => node * kept + ((count - length + i) % kept)
    return Array.from({ length }, (_, i) => this.#steps[place(i)] as number)
  }

  #grow(node: number): void {
    const rows = Math.max(this.#counts.length * 2, node + 1)
    const steps = new Float64Array(rows * kept)
    steps.set(this.#steps)
    const counts = new Uint8Array(rows)
    counts.set(this.#counts)
    this.#steps = steps
    this.#counts = counts
  }
}
