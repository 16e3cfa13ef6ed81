import type { RecordRun } from '../records/record-run.ts'
import { cursor, moveCursor, readVarint, readVarlong, skip, skipSized } from './varint.ts'

/** The records of one batch: a range of bytes, and what they count from. */
export interface RecordSpan {
  readonly bytes: Buffer
  readonly at: number
  readonly end: number
  readonly count: number
  readonly baseOffset: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: number
  /** The timestamp of all records; `undefined`: each has its own. */
  readonly appendTime: number | undefined
  /** Records before this offset are checked, but left out. */
  readonly from: number
}

/** Columns for at most `capacity` records, filled batch by batch. */
export class RecordColumns {
  readonly #offsets: Float64Array
  readonly #timestamps: Float64Array
  readonly #valueStarts: Int32Array
  readonly #valueEnds: Int32Array
  readonly #keyStarts: Int32Array
  #count = 0

  constructor(capacity: number) {
    this.#offsets = new Float64Array(capacity)
    this.#timestamps = new Float64Array(capacity)
    this.#valueStarts = new Int32Array(capacity)
    this.#valueEnds = new Int32Array(capacity)
    this.#keyStarts = new Int32Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  /**
   * Adds the records of a batch. Adds none if one is damaged: its length, its offset, or the number of records.
   * @returns whether the batch is whole
   */
  add(span: RecordSpan): boolean {
    const { bytes, end, count, baseOffset, baseTimestamp, appendTime, from } = span
    let n = this.#count
    let offsetBefore = -1
    moveCursor(span.at)
    for (let left = count; left > 0; left--) {
      const length = readVarint(bytes)
      const recordEnd = cursor + length
      if (length <= 0 || recordEnd > end) return false
      moveCursor(cursor + 1) // attributes: none is defined
      const timestamp = baseTimestamp + readVarlong(bytes)
      const offset = readVarint(bytes)
      if (offset <= offsetBefore) return false
      offsetBefore = offset
      const keyStart = cursor
      skipSized(bytes)
      const valueLength = readVarint(bytes)
      const valueStart = cursor
      if (valueLength > 0) skip(valueLength)
      const valueEnd = cursor
      skipHeaders(bytes, recordEnd)
      if (cursor !== recordEnd) return false
      if (baseOffset + offset < from) continue
      this.#offsets[n] = baseOffset + offset
      this.#timestamps[n] = appendTime ?? timestamp
      this.#valueStarts[n] = valueLength < 0 ? -1 : valueStart
      this.#valueEnds[n] = valueEnd
      this.#keyStarts[n] = keyStart
      n++
    }
    if (cursor !== end || offsetBefore > span.lastOffsetDelta) return false
    this.#count = n
    return true
  }

  /** The records from `start` on, as views into the columns. */
  run(bytes: Buffer, start: number): RecordRun {
    const end = this.#count
    // A view costs as much as a small column: a compressed batch may hold a single record.
    const isWhole = start === 0 && end === this.#offsets.length
    return {
      bytes,
      count: end - start,
      offsets: isWhole ? this.#offsets : this.#offsets.subarray(start, end),
      timestamps: isWhole ? this.#timestamps : this.#timestamps.subarray(start, end),
      valueStarts: isWhole ? this.#valueStarts : this.#valueStarts.subarray(start, end),
      valueEnds: isWhole ? this.#valueEnds : this.#valueEnds.subarray(start, end),
      keyStarts: isWhole ? this.#keyStarts : this.#keyStarts.subarray(start, end),
    }
  }
}

function skipHeaders(bytes: Buffer, recordEnd: number): void {
  let left = readVarint(bytes)
  if (left < 0) moveCursor(-1)
  for (; left > 0 && cursor < recordEnd; left--) {
    skipSized(bytes)
    skipSized(bytes)
  }
  if (left > 0) moveCursor(-1)
}
