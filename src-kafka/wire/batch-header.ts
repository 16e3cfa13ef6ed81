/**
 * Header of a record batch (magic 2, https://kafka.apache.org/documentation/#recordbatch), and what the older formats
 * have in common with it: offset, length and magic are at the same places.
 */
export const headerBytes = 61
/** Offset and length: bytes that the length does not count. */
const framingBytes = 12
/** Up to and including the magic byte. */
export const magicEnd = 17
export const checkedFrom = 21

/** A record takes at least 7 bytes: its length, attributes, two deltas, key, value and headers. */
const recordBytesAtLeast = 7
/** A message of format 0 without key and value. */
const oldMessageBytes = 26
const int32Range = 0x1_0000_0000
/** So that base offset plus delta is exact as a number. */
const highestBase = Number.MAX_SAFE_INTEGER - int32Range

/** Whether Kafka can have given this number to a record. */
export function isOffset(offset: number): boolean {
  return offset >= 0 && offset <= highestBase
}

/** One header at a time, read in place: a batch may hold a single record. */
export class BatchHeader {
  readonly #view: DataView
  #at = 0

  constructor(bytes: Buffer) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Goes to the batch that begins at `at`. Its header must be inside the buffer as far as it is asked for. */
  moveTo(at: number): void {
    this.#at = at
  }

  get at(): number {
    return this.#at
  }

  get payloadAt(): number {
    return this.#at + headerBytes
  }

  /** Offset of the first record, as the producer wrote it: compaction may have removed it. */
  get baseOffset(): number {
    return this.#int64(0)
  }

  /** Bytes of the whole batch, as it claims. */
  get length(): number {
    return framingBytes + this.#view.getInt32(this.#at + 8)
  }

  /** A batch with a smaller length is damaged. */
  get shortest(): number {
    const { magic } = this
    if (magic === 2) return headerBytes
    return magic === 0 || magic === 1 ? oldMessageBytes : magicEnd
  }

  get magic(): number {
    return this.#view.getInt8(this.#at + 16)
  }

  get crc(): number {
    return this.#view.getInt32(this.#at + 17)
  }

  /** Codec of a message of format 0 or 1, whose attributes are one byte. */
  get oldCodec(): number {
    return this.#view.getInt8(this.#at + 17) & 0x07
  }

  get codec(): number {
    return this.#attributes & 0x07
  }

  /** The timestamps are those of the broker: one for all records. */
  get hasAppendTime(): boolean {
    return (this.#attributes & 0x08) !== 0
  }

  get isTransactional(): boolean {
    return (this.#attributes & 0x10) !== 0
  }

  get isControl(): boolean {
    return (this.#attributes & 0x20) !== 0
  }

  get lastOffsetDelta(): number {
    return this.#view.getInt32(this.#at + 23)
  }

  /**
   * What timestamp deltas count from. Usually the first record's; after compaction it may be the delete horizon
   * (attribute bit 6), and the deltas count from that.
   */
  get baseTimestamp(): number {
    return this.#int64(27)
  }

  get maxTimestamp(): number {
    return this.#int64(35)
  }

  get producerId(): bigint {
    return this.#view.getBigInt64(this.#at + 43)
  }

  get count(): number {
    return this.#view.getInt32(this.#at + 57)
  }

  #int64(offset: number): number {
    return this.#view.getInt32(this.#at + offset) * int32Range + this.#view.getUint32(this.#at + offset + 4)
  }

  get #attributes(): number {
    return this.#view.getInt16(this.#at + 21)
  }
}

/** The most records that so many bytes can hold. */
export function recordsAtMost(bytes: number): number {
  return Math.floor(Math.max(0, bytes) / recordBytesAtLeast)
}
