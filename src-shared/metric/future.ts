import { isFuture } from './decode.ts'
import type { Rejection } from './sample.ts'

/**
 * Why a sample is not stored: its event time is too far after that of its record. A record without a timestamp (-1, from
 * producers before Kafka 0.10) cannot be compared.
 * @param at event time, epoch ms
 * @param timestamp of the record in Kafka, epoch ms
 * @param path where the time is, such as `timestamp`
 */
export function futureRejection(at: number, timestamp: number, path: string): Rejection | undefined {
  if (timestamp < 0 || !isFuture({ at }, timestamp)) return undefined
  const ahead = Math.round((at - timestamp) / 1000)
  const reason = `${path}: expected at most 5 minutes after the record was written, got ${ahead} seconds after it`
  return { code: 'future-timestamp', reason }
}
