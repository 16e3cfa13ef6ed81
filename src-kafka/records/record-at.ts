import type { RawRecord } from '../stream.ts'
import type { RecordRun } from './record-run.ts'

/** One record of a run as an object, with key and headers. For what is rare; hot paths read the columns. */
export function recordAt(run: RecordRun, i: number): RawRecord {
  const { bytes, offsets, timestamps, valueStarts, valueEnds, keyStarts } = run
  const cursor = { bytes, at: keyStarts[i] as number }
  const key = bytesAt(cursor)
  const start = valueStarts[i] as number
  const value = start < 0 ? null : bytes.subarray(start, valueEnds[i])
  bytesAt(cursor)
  const headers: Record<string, unknown> = {}
  for (let left = varintAt(cursor); left > 0; left--) headers[String(bytesAt(cursor))] = bytesAt(cursor)
  const record = { offset: offsets[i] as number, timestamp: timestamps[i] as number, value, key }
  return Object.keys(headers).length > 0 ? { ...record, headers } : record
}

interface Cursor {
  readonly bytes: Buffer
  at: number
}

function bytesAt(cursor: Cursor): Buffer | null {
  const length = varintAt(cursor)
  if (length < 0) return null
  const bytes = cursor.bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return bytes
}

function varintAt(cursor: Cursor): number {
  let raw = 0
  for (let shift = 0; ; shift += 7) {
    const byte = cursor.bytes[cursor.at++] ?? 0
    raw |= (byte & 0x7f) << shift
    if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1)
  }
}
