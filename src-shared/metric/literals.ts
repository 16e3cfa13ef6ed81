import type { Literal } from './byte-reader.ts'

const pageBytes = 65_536

/**
 * Copies of texts to compare with, one behind the other in large pages. Texts that are compared in the order in which
 * they were added are read from memory in that order.
 */
export class Literals {
  #page = new Uint8Array(0)
  #view = new DataView(this.#page.buffer)
  #used = 0

  /** Copies the bytes. */
  add(bytes: Uint8Array): Literal {
    const { length } = bytes
    if (this.#used + length > this.#page.length) {
      this.#page = new Uint8Array(Math.max(pageBytes, length))
      this.#view = new DataView(this.#page.buffer)
      this.#used = 0
    }
    const from = this.#used
    this.#page.set(bytes, from)
    this.#used += length
    return { view: this.#view, from, length }
  }
}
