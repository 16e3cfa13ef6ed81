import type { AbortedTransaction } from './fetch-response.ts'
import { cursor, moveCursor, readVarint, readVarlong } from './varint.ts'

/**
 * Which producers have aborted the transaction that a batch belongs to, as the batches come in log order. As Java's
 * consumer does it: from the first offset of an aborted transaction up to its abort marker.
 */
export class AbortedProducers {
  readonly #waiting: readonly AbortedTransaction[]
  readonly #aborted = new Set<bigint>()
  #passed = 0

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#waiting = [...transactions].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** Moves on to a batch that ends at `lastOffset`. */
  advanceTo(lastOffset: number): void {
    for (;;) {
      const next = this.#waiting[this.#passed]
      if (next === undefined || next.firstOffset > lastOffset) return
      this.#aborted.add(next.producerId)
      this.#passed++
    }
  }

  has(producerId: bigint): boolean {
    return this.#aborted.has(producerId)
  }

  abortMarker(producerId: bigint): void {
    this.#aborted.delete(producerId)
  }
}

const abortType = 0

/** Whether these records of a control batch begin with an abort marker: its type is in the key, behind a version. */
export function isAbortMarker(bytes: Buffer, at: number, end: number): boolean {
  moveCursor(at)
  readVarint(bytes) // length
  moveCursor(cursor + 1) // attributes
  readVarlong(bytes)
  readVarint(bytes) // offset
  const keyLength = readVarint(bytes)
  return keyLength >= 4 && cursor + keyLength <= end && bytes.readInt16BE(cursor + 2) === abortType
}
