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

/**
 * The hash and the offset of a fingerprint as one text. A version that does not know the offset compares the text with
 * the record before `next`. There is none, unless the topic was created again.
 */
export function fingerprintText({ hash, offset }: Fingerprint): string {
  return offset === undefined ? hash : `${hash}@${offset}`
}

/** The fingerprint of a stored row; `null` if one of its columns is null. */
export function storedFingerprint(timestamp: number | null, text: string | null): Fingerprint | null {
  if (timestamp === null || text === null) return null
  const [hash = '', offset] = text.split('@')
  return offset === undefined ? { timestamp, hash } : { timestamp, hash, offset: Number(offset) }
}

/** A rejected record as it is stored. `at`: its broker timestamp, epoch ms. */
export interface RejectedRecord {
  readonly position: RecordPosition
  readonly at: number
  readonly reject: Rejection
  /** The record's first 1 KB. */
  readonly head: Uint8Array
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
