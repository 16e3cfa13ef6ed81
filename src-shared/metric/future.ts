import { isFuture } from './decode.ts'

/**
 * Why a sample is not stored if its event time is too far after that of its record, without the name of the field. A
 * record without a timestamp (-1, from producers before Kafka 0.10) cannot be compared.
 * @param at event time, epoch ms
 * @param timestamp of the record in Kafka, epoch ms
 */
export function futureText(at: number, timestamp: number): string | undefined {
  if (timestamp < 0 || !isFuture({ at }, timestamp)) return undefined
  const ahead = Math.round((at - timestamp) / 1000)
  return `expected at most 5 minutes after the record was written, got ${ahead} seconds after it`
}
