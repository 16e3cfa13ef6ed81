/** Most bytes that UTF-8 needs for one unit of a JavaScript text. */
const bytesPerUnit = 3

/**
 * Text that is made in small parts, as UTF-8. A long text put together from parts would be a tree of them in memory
 * until it is written: the garbage of an export would outlive its collector's quick rounds.
 */
export class Utf8Buffer {
  #bytes: Buffer
  #length = 0

  /** @param size how many bytes are expected; more are no harm */
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
