import type { KafkaMessage } from 'kafkajs'
import type { RawRecord } from '../stream.ts'
import { unreadableReason } from '../records/unreadable-batch.ts'

/** Neighbouring records that are handed over in one call: readable ones, or the stand-ins for one unreadable batch. */
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

/** Cuts messages into slices of at most `longest` records, in order. An unreadable batch is one run whatever its size. */
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

/** Timestamps are the producer's word and may be anything of 64 bits; beyond 2^53 they would not be whole numbers. */
export function toRawRecord({ offset, timestamp, value, key }: KafkaMessage): RawRecord {
  return { offset: Number(offset), timestamp: Math.min(Number(timestamp), Number.MAX_SAFE_INTEGER), value, key }
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
