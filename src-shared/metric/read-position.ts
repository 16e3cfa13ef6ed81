import { z } from 'zod'
import type { RecordPosition, Rejection } from './sample.ts'

/** Identifies a record that was stored: a recreated topic counts its offsets from 0 again. */
export interface Fingerprint {
  /** Epoch ms. */
  readonly timestamp: number
  /** Hash of the content. */
  readonly hash: string
  /** Absent: the offset before `next`. Markers, aborted or compacted records may lie between. */
  readonly offset?: number
}

/** Next offset to read of a partition, with the last record that was stored. */
export interface ReadPosition {
  readonly topic: string
  readonly partition: number
  /** Offset of the next record to read. */
  readonly next: number
  /** `null` before the first record. */
  readonly last: Fingerprint | null
}

/** Two columns of a row. */
export interface FingerprintColumns {
  readonly timestamp: number | null
  readonly hash: string | null
}

/**
 * A fingerprint as it is stored. One with an offset is a single text, `hash@offset@timestamp`, without a timestamp
 * column: a version that does not know the offset then sees no fingerprint, and compares nothing.
 */
export function fingerprintColumns(last: Fingerprint | null): FingerprintColumns {
  if (last === null) return { timestamp: null, hash: null }
  const { timestamp, hash, offset } = last
  return offset === undefined ? { timestamp, hash } : { timestamp: null, hash: `${hash}@${offset}@${timestamp}` }
}

/** @returns `null` if the row has none */
export function storedFingerprint({ timestamp, hash: text }: FingerprintColumns): Fingerprint | null {
  const [hash = '', offset, at] = (text ?? '').split('@')
  if (offset !== undefined && at !== undefined) return { timestamp: Number(at), hash, offset: Number(offset) }
  return timestamp === null || text === null ? null : { timestamp, hash }
}

/** A rejected record as it is stored. `at`: its broker timestamp, epoch ms. */
export interface RejectedRecord {
  readonly position: RecordPosition
  readonly at: number
  readonly reject: Rejection
  /** The record's first 1 KB. */
  readonly head: Uint8Array
}

/**
 * Number of records with samples or rejections; one with a refused metric has both. A record without either, which is
 * passed over, is not among them.
 * @param offsets of the samples, in the order of the log; a record can have several
 */
export function recordsIn(offsets: Float64Array, rejects: readonly RejectedRecord[]): number {
  const rejected = new Set(rejects.map(({ position }) => position.offset))
  let count = rejected.size
  let before = -1
  for (const offset of offsets) {
    if (offset === before) continue
    before = offset
    if (rejected.size === 0 || !rejected.has(offset)) count++
  }
  return count
}

/** Records lost before they were read: offsets `from` to `to`, exclusive. Both are equal if the number is unknown. */
export const Gap = z.strictObject({
  topic: z.string(),
  partition: z.number(),
  from: z.number(),
  to: z.number(),
  reason: z.string(),
  at: z.number(),
})
export type Gap = z.infer<typeof Gap>
