import { z } from 'zod'
import type { RecordPosition, Rejection } from './sample.ts'

/**
 * Next offset to read of a partition, with a fingerprint of the last stored record: a recreated topic counts from 0
 * again.
 */
export interface ReadPosition {
  readonly topic: string
  readonly partition: number
  /** Offset of the next record to read. */
  readonly next: number
  /**
   * Timestamp (epoch ms) and content hash of the last record before `next`; `null` before the first one. `offset`: its
   * offset, if that is not `next - 1`.
   */
  readonly last: { readonly timestamp: number; readonly hash: string; readonly offset?: number } | null
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
