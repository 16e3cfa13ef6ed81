import type { RawRecord } from '../stream.ts'
import { cursor, moveCursor, readVarint } from '../wire/varint.ts'
import type { RecordRun } from './record-run.ts'

/** A record of a run with its key and headers. Its bytes are views into the run. */
export interface RunRecord extends RawRecord {
  readonly value: Buffer | null
  readonly key: Buffer | null
  /** Absent where there is none. Of equal names the last one counts; a header without a value is left out. */
  readonly headers?: Readonly<Record<string, Buffer>>
}

/** Record `index` of a run, which must have it. For the few records that need a key, headers, or an object. */
export function recordAt(run: RecordRun, index: number): RunRecord {
  const headers = headersAt(run, index)
  return {
    offset: run.offsets[index] as number,
    timestamp: run.timestamps[index] as number,
    value: valueAt(run, index),
    key: keyAt(run, index),
    ...(headers ? { headers } : {}),
  }
}

export function valueAt({ bytes, valueStarts, valueEnds }: RecordRun, index: number): Buffer | null {
  const start = valueStarts[index] as number
  return start < 0 ? null : bytes.subarray(start, valueEnds[index])
}

export function keyAt({ bytes, keyStarts }: RecordRun, index: number): Buffer | null {
  moveCursor(keyStarts[index] as number)
  return sizedBytes(bytes)
}

/** Whether the record has a key, also an empty one. */
export function hasKeyAt({ bytes, keyStarts }: RecordRun, index: number): boolean {
  moveCursor(keyStarts[index] as number)
  return readVarint(bytes) >= 0
}

/** @returns `undefined` if the record has none */
export function headersAt({ bytes, valueEnds }: RecordRun, index: number): Record<string, Buffer> | undefined {
  moveCursor(valueEnds[index] as number)
  const count = readVarint(bytes)
  if (count <= 0) return undefined
  const headers: Array<[string, Buffer]> = []
  for (let n = 0; n < count; n++) {
    const name = sizedBytes(bytes)
    const value = sizedBytes(bytes)
    if (name && value) headers.push([name.toString(), value])
  }
  // Any name may come, also `__proto__`: fromEntries defines it as an ordinary property.
  return Object.fromEntries(headers)
}

/** Bytes with their length in front; a negative length stands for null. The reader of the batch has checked them. */
function sizedBytes(bytes: Buffer): Buffer | null {
  const length = readVarint(bytes)
  if (length < 0) return null
  const start = cursor
  moveCursor(start + length)
  return bytes.subarray(start, start + length)
}
