import type { KafkaMessage } from 'kafkajs'
import type { RawRecord } from './stream.ts'
import { unreadableReason } from './codecs/unreadable.ts'

/** Neighbouring records that are handed over in one call: readable ones, or the stand-ins for one unreadable batch. */
export type Run = RecordRun | UnreadableRun

interface RecordRun {
  readonly kind: 'records'
  readonly records: RawRecord[]
  /** Offset of its last record. */
  last: number
}

interface UnreadableRun {
  readonly kind: 'unreadable'
  readonly reason: string
  readonly first: number
  last: number
  count: number
}

/** Cuts messages into runs of at most `longest` records, in order. An unreadable batch is one run whatever its size. */
export function runsOf(messages: readonly KafkaMessage[], longest: number): Run[] {
  const runs: Run[] = []
  let memory: ArrayBufferLike | undefined
  for (const message of messages) {
    const reason = unreadableReason(message.value)
    const before = runs.at(-1)
    if (reason !== undefined) {
      const isSame = before?.kind === 'unreadable' && memory === message.value?.buffer
      addUnreadable(runs, isSame ? before : undefined, { offset: Number(message.offset), reason })
      memory = message.value?.buffer
      continue
    }
    const record = rawRecord(message)
    if (before?.kind === 'records' && before.records.length < longest) {
      before.records.push(record)
      before.last = record.offset
    } else {
      runs.push({ kind: 'records', records: [record], last: record.offset })
    }
  }
  return runs
}

/** Timestamps are the producer's word and may be anything of 64 bits; beyond 2^53 they would not be whole numbers. */
export function rawRecord({ offset, timestamp, value, key, headers }: KafkaMessage): RawRecord {
  const at = Math.min(Number(timestamp), Number.MAX_SAFE_INTEGER)
  if (!isAny(headers)) return { offset: Number(offset), timestamp: at, value, key }
  return { offset: Number(offset), timestamp: at, value, key, headers }
}

/** Without an array of names: this is asked of every record. */
function isAny(headers: KafkaMessage['headers']): headers is NonNullable<KafkaMessage['headers']> {
  for (const _ in headers) return true
  return false
}

function addUnreadable(runs: Run[], run: UnreadableRun | undefined, at: { offset: number; reason: string }): void {
  if (run) {
    run.last = at.offset
    run.count += 1
  } else {
    runs.push({ kind: 'unreadable', reason: at.reason, first: at.offset, last: at.offset, count: 1 })
  }
}
