import type { BatchSlice } from './batch-slices.ts'

/** Slices that are being stored, oldest first. Includes partitions that are read again since. */
export class StoreQueue {
  readonly #storing = new Set<Promise<void>>()
  readonly #maxBytes: number
  #bytes = 0

  /** @param maxBytes for all partitions together: above this, the next slice waits */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The oldest slice, if the next one must wait for free bytes. */
  get full(): Promise<void> | undefined {
    const [oldest] = this.#storing
    return this.#bytes < this.#maxBytes ? undefined : oldest
  }

  /** Counts the bytes of a slice until it is settled. */
  add(slice: BatchSlice, settled: Promise<void>): Promise<void> {
    const bytes = sliceBytes(slice)
    this.#bytes += bytes
    const held = settled.finally(() => {
      this.#bytes -= bytes
      this.#storing.delete(held)
    })
    this.#storing.add(held)
    return held
  }

  /** Resolves when nothing is being stored. */
  async settled(): Promise<void> {
    await Promise.all(this.#storing)
  }
}

function sliceBytes(slice: BatchSlice): number {
  return slice.kind === 'records' ? slice.records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0) : 0
}
