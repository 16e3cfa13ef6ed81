/**
 * Room for the decoded columns of one chunk at a time. The next chunk overwrites it, so a long range needs the memory of
 * one chunk. Arrays of their own would cost a collection of garbage every few hundred charts, each several ms long.
 */
export class ColumnRoom {
  #at = new Float64Array(0)
  #values = new Float64Array(0)

  /** `n` times; valid until the next call. */
  at(n: number): Float64Array {
    if (this.#at.length !== n) this.#at = sized(this.#at, n)
    return this.#at
  }

  /** `n` values; valid until the next call. */
  values(n: number): Float64Array {
    if (this.#values.length !== n) this.#values = sized(this.#values, n)
    return this.#values
  }
}

function sized({ buffer }: Float64Array<ArrayBuffer>, n: number): Float64Array<ArrayBuffer> {
  return buffer.byteLength >= n * 8 ? new Float64Array(buffer, 0, n) : new Float64Array(n)
}
