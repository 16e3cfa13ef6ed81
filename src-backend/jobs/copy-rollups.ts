/** Rows of `rollup_row` for COPY ... WITH (FORMAT binary). */
import type { LayoutMinute } from './layout-minute.ts'

export interface RollupRow {
  /** Epoch ms. */
  readonly minute: number
  readonly node: number
  readonly layout: number
  /** Times in microseconds after the minute. */
  readonly summed: LayoutMinute
}

/** The columns that `encodeRollups` writes, in their order. */
export const rollupColumns = 'minute, node, layout, n, last_at, values, times'

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const float8 = 701
const int4 = 23
/** PostgreSQL counts microseconds since 2000. */
const epochMs = Date.UTC(2000, 0, 1)
const twoTo32 = 2 ** 32
/** Number of fields, and five columns with their lengths. */
const fixedBytes = 2 + (4 + 8) + 4 * (4 + 4)
/** Dimensions, flags, type, and length and lower bound of both dimensions. */
const arrayHeaderBytes = 28

export function encodeRollups(rows: readonly RollupRow[]): Buffer {
  const length = rows.reduce((bytes, { summed }) => bytes + bytesOf(summed), signature.length + 2)
  const writer = new CopyWriter(Buffer.allocUnsafe(length))
  for (const { minute, node, layout, summed } of rows) {
    writer.int16(7)
    writer.time(minute)
    for (const column of [node, layout, summed.n, summed.lastAt]) writer.field(column)
    if (summed.n === 1) {
      writer.doubles(summed, [(metric) => summed.last(metric)])
      writer.int32(-1) // null
    } else {
      writer.doubles(summed, [
        (metric) => summed.mean(metric),
        (metric) => summed.min(metric),
        (metric) => summed.max(metric),
        (metric) => summed.last(metric),
      ])
      writer.integers(summed, [(metric) => summed.minAt(metric), (metric) => summed.maxAt(metric)])
    }
  }
  writer.int16(-1)
  return writer.bytes
}

function bytesOf({ n, width }: LayoutMinute): number {
  const [doubles, integers] = n === 1 ? [1, 0] : [4, 2]
  const times = 4 + (integers === 0 ? 0 : arrayHeaderBytes + integers * width * (4 + 4))
  return fixedBytes + 4 + arrayHeaderBytes + doubles * width * (4 + 8) + times
}

type ValueOf = (metric: number) => number

class CopyWriter {
  readonly bytes: Buffer
  #at: number

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.#at = signature.copy(bytes)
  }

  int16(value: number): void {
    this.#at = this.bytes.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#at = this.bytes.writeInt32BE(value, this.#at)
  }

  field(value: number): void {
    this.int32(4)
    this.int32(value)
  }

  time(ms: number): void {
    const micros = (ms - epochMs) * 1000
    const high = Math.floor(micros / twoTo32)
    this.int32(8)
    this.int32(high)
    this.#at = this.bytes.writeUInt32BE(micros - high * twoTo32, this.#at)
  }

  doubles({ width }: LayoutMinute, lists: readonly ValueOf[]): void {
    this.#header(float8, { lists: lists.length, width, itemBytes: 8 })
    for (const valueOf of lists) {
      for (let metric = 0; metric < width; metric++) {
        this.int32(8)
        this.#at = this.bytes.writeDoubleBE(valueOf(metric), this.#at)
      }
    }
  }

  integers({ width }: LayoutMinute, lists: readonly ValueOf[]): void {
    this.#header(int4, { lists: lists.length, width, itemBytes: 4 })
    for (const valueOf of lists) {
      for (let metric = 0; metric < width; metric++) this.field(valueOf(metric))
    }
  }

  #header(type: number, of: { readonly lists: number; readonly width: number; readonly itemBytes: number }): void {
    this.int32(arrayHeaderBytes + of.lists * of.width * (4 + of.itemBytes))
    this.int32(2) // dimensions
    this.int32(0) // no nulls
    this.int32(type)
    for (const length of [of.lists, of.width]) {
      this.int32(length)
      this.int32(1) // first index
    }
  }
}
