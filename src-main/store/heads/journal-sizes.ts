export interface JournalLimits {
  readonly rows: number
  readonly bytes: number
}

/** Most that a restart reads, in about a second. Above it, heads are closed before they are full. */
export const journalLimits: JournalLimits = { rows: 65_536, bytes: 64 * 1024 * 1024 }

/** Sizes of the batches in the journal, oldest first: saves a query per batch. */
export class JournalSizes {
  #limits: JournalLimits
  readonly #most: number
  readonly #sizes = new Map<number, number>()
  #bytes = 0

  constructor(limits: JournalLimits) {
    this.#limits = limits
    this.#most = limits.bytes
  }

  /** Bytes of the journal. */
  get bytes(): number {
    return this.#bytes
  }

  /** `bytes`: the longest that the journal may be from now on. It never exceeds the first limit. */
  limitTo(bytes: number): void {
    this.#limits = { ...this.#limits, bytes: Math.min(bytes, this.#most) }
  }

  add(seq: number, bytes: number): void {
    this.#sizes.set(seq, bytes)
    this.#bytes += bytes
  }

  cutBefore(seq: number): void {
    for (const [row, bytes] of this.#sizes) {
      if (row >= seq) return
      this.#sizes.delete(row)
      this.#bytes -= bytes
    }
  }

  /** The oldest batch; `next` when there is none. */
  first(next: number): number {
    const { value } = this.#sizes.keys().next()
    return value ?? next
  }

  /** For a journal above the limits, the first batch to keep: a quarter is cut. `null` within the limits. */
  keepFrom(next: number): number | null {
    if (this.#sizes.size <= this.#limits.rows && this.#bytes <= this.#limits.bytes) return null
    const first = this.first(next)
    return first + Math.ceil((next - first) / 4)
  }
}
