/** Maximum of UTF-8 bytes for one UTF-16 unit. */
const bytesPerUnit = 3

/**
 * Builds text from small parts, as UTF-8. A JavaScript string built from parts stays a tree in memory until it is
 * written. The garbage of an export would survive the young generation.
 */
export class Utf8Buffer {
  #bytes: Buffer
  #length = 0

  /** @param size expected bytes; more are fine */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  get length(): number {
    return this.#length
  }

  add(text: string): void {
    if (this.#length + text.length * bytesPerUnit > this.#bytes.length) this.#grow(text.length * bytesPerUnit)
    this.#length += this.#bytes.write(text, this.#length)
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(by: number): void {
    const larger = Buffer.allocUnsafe(this.#bytes.length * 2 + by)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
