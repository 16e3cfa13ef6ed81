import type { BatchHeader } from './record-batch.ts'

/**
 * If one batch cannot be decoded, kafkajs drops the whole fetch and then the consumer, without naming the batch. So a
 * codec never throws. It replaces the damaged records with the same number of well-formed placeholders, which keep
 * their offsets. They are recognized by the buffer that holds their values, which no producer can forge.
 */
const reasons = new WeakMap<ArrayBufferLike, string>()

const marker = 'unreadable'

/** Placeholders for the records of an unreadable batch. */
export function placeholderRecords(header: BatchHeader, reason: string): Buffer {
  const records = Array.from({ length: header.count }, (_, n) => {
    // the last one ends where the batch ends, even if compaction has left holes in it
    const delta = n === header.count - 1 ? header.lastOffsetDelta : n
    const body = [0, 0, ...varint(delta), ...varint(-1), ...varint(marker.length), ...Buffer.from(marker), ...varint(0)]
    return [...varint(body.length), ...body]
  })
  const bytes = Buffer.from(Uint8Array.from(records.flat()).buffer)
  reasons.set(bytes.buffer, reason)
  return bytes
}

/** Why the record with this value is unreadable; `undefined` if it is readable. */
export function unreadableReason(value: Uint8Array | null): string | undefined {
  return value === null ? undefined : reasons.get(value.buffer)
}

/** Zigzag varint, as in Protocol Buffers. */
function varint(value: number): number[] {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  const bytes: number[] = []
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return bytes
}
