/**
 * The parts of Kafka's record batch format (magic 2) that distinguish a readable payload from a damaged one before
 * kafkajs parses it. kafkajs trusts every length, and would stop forever or loop on a wrong one. Format:
 * https://kafka.apache.org/documentation/#recordbatch
 */
export interface BatchHeader {
  readonly baseOffset: number
  readonly lastOffsetDelta: number
  /** Records in the batch. */
  readonly count: number
  /** Number of the compression codec, 0 to 7. */
  readonly codec: number
}

const headerBytes = 61
/** The batch length does not count itself: it is 49 bytes of header, and the payload. */
const lengthOverhead = 49
const magic = 2
const codecMask = 0x07

/**
 * The header of the batch that this payload belongs to. kafkajs passes only the payload to a codec, but as a view into
 * the fetch response, so the header is right in front of it.
 * @returns `undefined` if there is no header: the payload of an old message format, or a copy
 */
export function batchHeaderBefore(payload: Uint8Array): BatchHeader | undefined {
  if (payload.byteOffset < headerBytes) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset - headerBytes, headerBytes)
  if (view.getInt8(16) !== magic || view.getInt32(8) !== payload.length + lengthOverhead) return undefined
  return {
    baseOffset: Number(view.getBigInt64(0)),
    lastOffsetDelta: view.getInt32(23),
    count: view.getInt32(57),
    codec: view.getInt16(21) & codecMask,
  }
}

/** Whether `bytes` begin with `count` complete records, with every length inside its bounds. */
export function hasWholeRecords(bytes: Uint8Array, count: number): boolean {
  const cursor = new ByteCursor(bytes)
  for (let n = 0; n < count; n++) {
    const length = cursor.varint()
    const end = cursor.at + length
    if (cursor.failed || length < 0 || end > bytes.length) return false
    skipRecord(cursor, end)
    if (cursor.failed || cursor.at !== end) return false
  }
  return true
}

function skipRecord(cursor: ByteCursor, end: number): void {
  cursor.at += 1 // attributes
  cursor.skipVarint(10) // timestamp delta
  cursor.skipVarint(5) // offset delta
  cursor.skipBytes() // key
  cursor.skipBytes() // value
  const headers = cursor.varint()
  if (headers < 0) cursor.failed = true
  for (let n = 0; n < headers && !cursor.failed && cursor.at < end; n++) {
    cursor.skipBytes()
    cursor.skipBytes()
  }
}

class ByteCursor {
  at = 0
  failed = false
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** A zigzag varint of at most 5 bytes. */
  varint(): number {
    let raw = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined) break
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
    }
    this.failed = true
    return 0
  }

  skipVarint(longest: number): void {
    for (let n = 0; n < longest; n++) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined) break
      if (byte < 0x80) return
    }
    this.failed = true
  }

  /** Bytes with their length in front; -1 means null. */
  skipBytes(): void {
    const length = this.varint()
    if (length < -1) this.failed = true
    else if (length > 0) this.at += length
  }
}
