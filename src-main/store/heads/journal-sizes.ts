export interface JournalLimits {
  readonly rows: number
  readonly bytes: number
}

/** What a restart may have to read: about a second's work. Beyond it heads are closed before they are full. */
export const journalLimits: JournalLimits = { rows: 65_536, bytes: 64 * 1024 * 1024 }

/** Sizes of the batches in the journal, oldest first, so that nobody has to ask the database. */
export class JournalSizes {
  readonly #limits: JournalLimits
  readonly #sizes = new Map<number, number>()
  #bytes = 0

  constructor(limits: JournalLimits) {
    this.#limits = limits
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

  /** When the journal is too large: the batch from which on it may stay, so that a quarter of it goes. */
  keepFrom(next: number): number | null {
    if (this.#sizes.size <= this.#limits.rows && this.#bytes <= this.#limits.bytes) return null
    const first = this.first(next)
    return first + Math.ceil((next - first) / 4)
  }
}
