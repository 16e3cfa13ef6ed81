/** The bytes of a response are not what its version defines. */
export class MalformedResponseError extends Error {
  override readonly name = 'MalformedResponseError'
}

const uuidBytes = 16

/** Reads Kafka's primitive types (https://kafka.apache.org/protocol#protocol_types). Never reads beyond the bytes. */
export class WireReader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  int8(): number {
    return this.bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#take(4))
  }

  bigInt64(): bigint {
    return this.bytes.readBigInt64BE(this.#take(8))
  }

  /** Offsets and times: exact up to 2^53. */
  int64(): number {
    return Number(this.bigInt64())
  }

  string(): string {
    const length = this.int16()
    return length < 0 ? '' : this.#text(length)
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.bytes.length - this.at
  }

  /**
   * Length of an array; null counts as empty. More elements than the bytes can hold are refused before anything is
   * allocated.
   * @param elementBytes the fewest bytes that an element takes
   */
  arrayLength(elementBytes = 1): number {
    return this.#checked(Math.max(0, this.int32()), elementBytes)
  }

  /** A view; null counts as empty. */
  nullableBytes(): Buffer {
    const length = Math.max(0, this.int32())
    const from = this.#take(length)
    return this.bytes.subarray(from, from + length)
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.#take(1)] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new MalformedResponseError('a number is too long')
  }

  compactString(): string {
    const length = this.unsignedVarint()
    return length === 0 ? '' : this.#text(length - 1)
  }

  compactArrayLength(): number {
    const length = this.unsignedVarint()
    return length === 0 ? 0 : this.#checked(length - 1, 1)
  }

  /** Hexadecimal, without dashes. */
  uuid(): string {
    const from = this.#take(uuidBytes)
    return this.bytes.toString('hex', from, from + uuidBytes)
  }

  skipTaggedFields(): void {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint()
      this.skip(this.unsignedVarint())
    }
  }

  skip(bytes: number): void {
    this.#take(bytes)
  }

  #text(length: number): string {
    const from = this.#take(length)
    return this.bytes.toString('utf8', from, from + length)
  }

  #checked(length: number, elementBytes: number): number {
    if (length * elementBytes > this.left) {
      throw new MalformedResponseError(`an array of ${length} elements in ${this.left} bytes of a response`)
    }
    return length
  }

  /** @returns the position of the bytes taken */
  #take(bytes: number): number {
    const from = this.at
    if (bytes < 0 || bytes > this.left) {
      throw new MalformedResponseError(`a field of ${bytes} bytes in ${this.left} bytes of a response`)
    }
    this.at = from + bytes
    return from
  }
}
