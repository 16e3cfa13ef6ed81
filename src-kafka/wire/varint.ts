/** Where a cursor stands after a damaged number: outside of every buffer. Reading there yields `undefined`. */
const nowhere = 0x3fff_ffff

/**
 * Reads zigzag varints (https://kafka.apache.org/protocol#protocol_types). One cursor for this thread, in variables of
 * the module: records are read without an object for each. **Invariant**: nothing here throws. A damaged number moves
 * the cursor out of every buffer, so one comparison with the expected end finds it.
 */
export let cursor = 0

export function moveCursor(at: number): void {
  cursor = at
}

/** 32 bits, in at most 5 bytes. */
export function readVarint(bytes: Uint8Array): number {
  const byte = bytes[cursor++] as number
  return byte < 0x80 ? (byte >>> 1) ^ -(byte & 1) : longVarint(bytes, byte)
}

function longVarint(bytes: Uint8Array, first: number): number {
  let raw = first & 0x7f
  for (let shift = 7; shift < 35; shift += 7) {
    const byte = bytes[cursor++]
    if (byte === undefined) break
    raw |= (byte & 0x7f) << shift
    if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
  }
  cursor = nowhere
  return 0
}

/** 64 bits, in at most 10 bytes. Inexact above 2^53. */
export function readVarlong(bytes: Uint8Array): number {
  const byte = bytes[cursor++] as number
  return byte < 0x80 ? (byte >>> 1) ^ -(byte & 1) : longVarlong(bytes, byte)
}

function longVarlong(bytes: Uint8Array, first: number): number {
  let raw = first & 0x7f
  let factor = 128
  for (let n = 1; n < 10; n++) {
    const byte = bytes[cursor++]
    if (byte === undefined) break
    raw += (byte & 0x7f) * factor
    if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
    factor *= 128
  }
  cursor = nowhere
  return 0
}

/** Moves over a length and as many bytes; a negative length stands for null. */
export function skipSized(bytes: Uint8Array): void {
  const length = readVarint(bytes)
  if (length > 0) skip(length)
}

export function skip(length: number): void {
  cursor = length < nowhere - cursor ? cursor + length : nowhere
}
