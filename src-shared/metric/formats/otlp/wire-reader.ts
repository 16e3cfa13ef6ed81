/** Why bytes are no protobuf message. `field`: the message that was read. */
export class WireError extends Error {
  readonly field: string

  constructor(field: string, what: string) {
    super(what)
    this.field = field
  }
}

/** Wire types of protobuf. Groups (3 and 4) are in no message of OTLP. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

const twoTo32 = 4_294_967_296
/** Field numbers have 29 bits. */
const keysAtMost = twoTo32 - 1
const nothing = new Uint8Array(0)
const nothingView = new DataView(nothing.buffer)

/**
 * Reads the wire format of protobuf from `at` on. Checks each length against the end of the message that has it, so it
 * never reads outside the value, and never allocates by a length that the bytes claim.
 * @see https://protobuf.dev/programming-guides/encoding
 */
export class WireReader {
  at = 0
  /** Bytes that are marked, to be looked for in a table: from here … */
  from = 0
  /** … to here. */
  to = 0
  /** The message that is read, for reasons: `resource_metrics.scope_metrics`. */
  field = ''
  bytes: Uint8Array = nothing
  view: DataView = nothingView

  open(bytes: Uint8Array): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
  }

  /** Forgets the bytes, which can be a whole fetch response. */
  close(): void {
    this.bytes = nothing
    this.view = nothingView
  }

  /**
   * Number and wire type of the next field, as `number << 3 | type`.
   * @throws WireError
   */
  key(end: number): number {
    const first = this.at < end ? (this.bytes[this.at] as number) : 0x80
    if (first < 0x80) {
      this.at++
      return first
    }
    const key = this.varint(end)
    if (key > keysAtMost) throw this.error('expected a field, got its number too great')
    return key
  }

  /**
   * A varint as a number; exact up to 2^53.
   * @throws WireError
   */
  varint(end: number): number {
    let value = 0
    let factor = 1
    const last = Math.min(end, this.at + 10)
    for (let i = this.at; i < last; i++) {
      const byte = this.bytes[i] as number
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        this.at = i + 1
        return value
      }
      factor *= 128
    }
    throw this.error(
      last === end ? 'expected a number, got the end of the bytes' : 'expected a number of at most 10 bytes',
    )
  }

  /**
   * A varint of an int64 as decimal digits.
   * @throws WireError
   */
  signedText(end: number): string {
    const from = this.at
    const value = this.varint(end)
    if (value <= Number.MAX_SAFE_INTEGER) return String(value)
    let exact = 0n
    for (let i = this.at - 1; i >= from; i--) exact = (exact << 7n) | BigInt((this.bytes[i] as number) & 0x7f)
    return String(BigInt.asIntN(64, exact))
  }

  /**
   * Reads the length of a field, and returns where the field ends.
   * @throws WireError
   */
  endOfBytes(end: number): number {
    const first = this.at < end ? (this.bytes[this.at] as number) : 0x80
    let length = first
    if (first < 0x80) this.at++
    else length = this.varint(end)
    const to = this.at + length
    if (to > end) throw this.error(`expected ${length} bytes, got ${end - this.at}`)
    return to
  }

  /**
   * Moves behind a field of 8 bytes, and returns where it begins.
   * @throws WireError
   */
  fixed64(end: number): number {
    const from = this.at
    if (from + 8 > end) throw this.error(`expected 8 bytes, got ${end - from}`)
    this.at = from + 8
    return from
  }

  /**
   * Moves behind the value of a field that nobody needs.
   * @throws WireError
   */
  skip(key: number, end: number): void {
    const type = key & 7
    if (key < 8) throw this.error('expected a field, got the number 0')
    if (type === wire.varint) this.varint(end)
    else if (type === wire.fixed64) this.fixed64(end)
    else if (type === wire.bytes) this.at = this.endOfBytes(end)
    else if (type === wire.fixed32 && this.at + 4 <= end) this.at += 4
    else if (type === wire.fixed32) throw this.error(`expected 4 bytes, got ${end - this.at}`)
    else throw this.error(`expected a field, got the wire type ${type}`)
  }

  double(from: number): number {
    return this.view.getFloat64(from, true)
  }

  /** A signed number of 64 bits; rounded above 2^53. */
  int64(from: number): number {
    return this.view.getInt32(from + 4, true) * twoTo32 + this.view.getUint32(from, true)
  }

  /** An unsigned number of 64 bits; rounded above 2^53. */
  uint64(from: number): number {
    return this.view.getUint32(from + 4, true) * twoTo32 + this.view.getUint32(from, true)
  }

  error(what: string): WireError {
    return new WireError(this.field, what)
  }
}
