/** Below this, numbers and their codes are exact. */
const largestExact = 2 ** 45
/** What four bytes of a code can have. */
const fourBytes = 2 ** 28

/**
 * Writes numbers in as few bytes as they need: LEB128, as `ByteReader` reads it. For hot paths: the caller reserves
 * room for several numbers at once. A number takes at most 9 bytes.
 */
export class ByteSink {
  #bytes: Buffer
  #length = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  clear(): void {
    this.#length = 0
  }

  /** Room for this many bytes. */
  reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }

  /** A whole number from 0. Needs reserved room. */
  unsigned(value: number): void {
    const bytes = this.#bytes
    let at = this.#length
    let rest = value
    if (rest >= fourBytes) {
      // The low bits as a whole number of 32 bits: arithmetic with larger ones is slow.
      const high = Math.floor(rest / fourBytes)
      const low = rest - high * fourBytes
      bytes[at] = (low & 0x7f) | 0x80
      bytes[at + 1] = ((low >>> 7) & 0x7f) | 0x80
      bytes[at + 2] = ((low >>> 14) & 0x7f) | 0x80
      bytes[at + 3] = (low >>> 21) | 0x80
      at += 4
      rest = high
    }
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[at++] = rest
    this.#length = at
  }

  /** A whole number. Needs reserved room. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** `exact`, if it is a whole number that the code can have; else 0 and `raw` as a double. Needs reserved room. */
  numberOrRaw(exact: number, raw: number): void {
    if (Math.abs(exact) < largestExact && Math.floor(exact) === exact) {
      this.unsigned(exact < 0 ? -2 * exact : 2 * exact + 1)
      return
    }
    this.#bytes[this.#length++] = 0
    this.float64(raw)
  }

  /** Needs reserved room. */
  float64(value: number): void {
    this.#bytes.writeDoubleLE(value, this.#length)
    this.#length += 8
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.reserve(length + 32)
    this.unsigned(length)
    this.#length += this.#bytes.write(value, this.#length)
  }

  /** The bytes written so far; valid until the next `clear`. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
