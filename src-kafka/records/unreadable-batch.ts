import type { BatchHeader } from './record-batch.ts'

/**
 * kafkajs gives up the whole fetch, and then the consumer, when one batch cannot be decoded, and does not say which.
 * So a codec never throws: in place of the damaged records it returns as many well-formed ones, which keep their
 * offsets and are known again by the memory that their values lie in. No producer can forge that.
 */
const reasons = new WeakMap<ArrayBufferLike, string>()

const marker = 'unreadable'

/** Records that take the place of the ones in a batch that cannot be read. */
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

/** Why the record with this value cannot be read; undefined for one that can. */
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
