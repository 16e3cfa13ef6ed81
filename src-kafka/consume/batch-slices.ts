import type { KafkaMessage } from 'kafkajs'
import type { RawRecord } from '../stream.ts'
import { unreadableReason } from '../records/unreadable-batch.ts'

/** Consecutive records for one call of a handler: readable ones, or the placeholders of one unreadable batch. */
export type BatchSlice = RecordSlice | UnreadableSlice

interface RecordSlice {
  readonly kind: 'records'
  readonly records: RawRecord[]
  /** Offset of its last record. */
  last: number
}

interface UnreadableSlice {
  readonly kind: 'unreadable'
  readonly reason: string
  readonly first: number
  last: number
  count: number
}

/** Splits messages into slices of at most `longest` records, in order. An unreadable batch is one slice of any size. */
export function sliceBatch(messages: readonly KafkaMessage[], longest: number): BatchSlice[] {
  const slices: BatchSlice[] = []
  let memory: ArrayBufferLike | undefined
  for (const message of messages) {
    const reason = unreadableReason(message.value)
    const before = slices.at(-1)
    if (reason !== undefined) {
      const isSame = before?.kind === 'unreadable' && memory === message.value?.buffer
      addUnreadable(slices, isSame ? before : undefined, { offset: Number(message.offset), reason })
      memory = message.value?.buffer
      continue
    }
    const record = toRawRecord(message)
    if (before?.kind === 'records' && before.records.length < longest) {
      before.records.push(record)
      before.last = record.offset
    } else {
      slices.push({ kind: 'records', records: [record], last: record.offset })
    }
  }
  return slices
}

/** Producers set timestamps, so they may have any 64-bit value. Above 2^53 they would not be exact integers. */
export function toRawRecord({ offset, timestamp, value, key, headers }: KafkaMessage): RawRecord {
  const at = Math.min(Number(timestamp), Number.MAX_SAFE_INTEGER)
  if (!hasHeaders(headers)) return { offset: Number(offset), timestamp: at, value, key }
  return { offset: Number(offset), timestamp: at, value, key, headers }
}

/** Runs for every record, so it builds no array of names. */
function hasHeaders(headers: KafkaMessage['headers']): headers is NonNullable<KafkaMessage['headers']> {
  for (const _ in headers) return true
  return false
}

function addUnreadable(
  slices: BatchSlice[],
  slice: UnreadableSlice | undefined,
  at: { offset: number; reason: string },
): void {
  if (slice) {
    slice.last = at.offset
    slice.count += 1
  } else {
    slices.push({ kind: 'unreadable', reason: at.reason, first: at.offset, last: at.offset, count: 1 })
  }
}
