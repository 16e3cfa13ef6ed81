import { DamagedError } from '../errors.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { ColumnRoom } from './column-room.ts'
import { readTimes, writeTimes } from './time-column.ts'
import { readValues, writeValues } from './value-column.ts'

/** Records of one node. `columns[m][i]` is the value of `metrics[m]` in record i, NaN when it has none. */
export interface SampleColumns {
  /** Numbers of the metrics in the store's dictionary. */
  readonly metrics: readonly number[]
  readonly at: Float64Array
  readonly columns: readonly Float64Array[]
}

/** Summary of one metric in a chunk, readable without decoding. `n`: records that have a value. */
export interface MetricSummary {
  readonly metric: number
  readonly n: number
  readonly min: number
  readonly max: number
  readonly sum: number
  /** Newest value. */
  readonly last: number
}

export interface ChunkHeader {
  /** Number of earlier chunks of the node. */
  readonly ordinal: number
  readonly n: number
  readonly t0: number
  readonly t1: number
  readonly metrics: readonly MetricSummary[]
}

/** Format 1 has summaries as doubles. Its columns are among those that `readTimes` and `readValues` read. */
const formatOfDoubles = 1
const format = 2
const scratch = new ByteWriter()
const column = new ByteWriter()

/** The first bytes of a chunk that `firstTimeOf` needs, or more. */
export const firstTimeBytes = 32

/** Event time of a chunk's first record, from the beginning of its bytes. */
export function firstTimeOf(data: Uint8Array): number {
  const input = new ByteReader(data)
  requireFormat(input.byte())
  input.unsigned()
  input.unsigned()
  return input.float64()
}

function requireFormat(found: number): void {
  if (found !== format && found !== formatOfDoubles) throw new DamagedError('unknown chunk format')
}

/** Accepts records in any order and stores them by time. Equal times keep their order, but a head has none. */
export function encodeChunk(records: SampleColumns, ordinal: number): Buffer {
  const { at, columns, metrics } = byTime(records)
  const n = at.length
  scratch.clear()
  scratch.byte(format)
  scratch.unsigned(ordinal)
  scratch.unsigned(n)
  scratch.float64(at[0] ?? NaN)
  scratch.float64(at[n - 1] ?? NaN)
  scratch.unsigned(metrics.length)
  columns.forEach((values, m) => writeSummary(scratch, metrics[m] ?? 0, values))
  column.clear()
  writeTimes(column, at)
  appendColumn()
  for (const values of columns) {
    column.clear()
    writeValues(column, values)
    appendColumn()
  }
  return Buffer.from(scratch.written())
}

function appendColumn(): void {
  scratch.unsigned(column.length)
  scratch.bytes(column.written())
}

/** A stored chunk. The constructor reads the header; columns are decoded on demand. */
export class Chunk {
  readonly header: ChunkHeader
  /** Whether all times differ. Chunks of 0.1.0 may have several records with one time, in order of arrival. */
  readonly isDistinct: boolean
  readonly #input: ByteReader
  readonly #columns: Uint8Array[] = []
  #at: Float64Array | null = null

  constructor(data: Uint8Array) {
    this.#input = new ByteReader(data)
    const found = this.#input.byte()
    requireFormat(found)
    this.header = readHeader(this.#input, found === format ? readFigure : readDouble)
    this.isDistinct = found === format
  }

  /** Event times, ascending. */
  get at(): Float64Array {
    this.#at ??= readTimes(new ByteReader(this.#column(0)), this.header.n)
    return this.#at
  }

  /** As `at`, decoded into `room`. */
  atIn(room: ColumnRoom): Float64Array {
    const { n } = this.header
    return this.#at ?? readTimes(new ByteReader(this.#column(0)), n, room.at(n))
  }

  /** Values of a metric, one per record, NaN for none; `null` when no record has the metric. */
  values(metric: number, room?: ColumnRoom): Float64Array | null {
    const { n, metrics } = this.header
    const index = metrics.findIndex((summary) => summary.metric === metric)
    return index < 0 ? null : readValues(new ByteReader(this.#column(index + 1)), n, room?.values(n))
  }

  #column(index: number): Uint8Array {
    while (this.#columns.length <= index) this.#columns.push(this.#input.bytes(this.#input.unsigned()))
    return this.#columns[index] ?? new Uint8Array(0)
  }
}

function writeSummary(out: ByteWriter, metric: number, values: Float64Array): void {
  let n = 0
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let last = NaN
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (value !== value) continue
    n++
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    last = value
  }
  out.unsigned(metric)
  out.unsigned(n)
  for (const figure of [min, max, sum, last]) writeFigure(out, figure)
}

/** Figures are mostly decimals, too: hundredths in a few bytes, or 0 and the double. */
function writeFigure(out: ByteWriter, figure: number): void {
  const hundredths = Math.round(figure * 100)
  const isExact = hundredths / 100 === figure && Math.abs(hundredths) < 2 ** 50 && !Object.is(figure, -0)
  if (isExact) out.unsigned(hundredths < 0 ? -2 * hundredths : 2 * hundredths + 1)
  else {
    out.unsigned(0)
    out.float64(figure)
  }
}

function readFigure(input: ByteReader): number {
  const code = input.unsigned()
  if (code === 0) return input.float64()
  return (code % 2 === 1 ? (code - 1) / 2 : -code / 2) / 100
}

function readDouble(input: ByteReader): number {
  return input.float64()
}

function readHeader(input: ByteReader, figure: (input: ByteReader) => number): ChunkHeader {
  const ordinal = input.unsigned()
  const n = input.unsigned()
  const t0 = input.float64()
  const t1 = input.float64()
  const metrics = Array.from({ length: input.unsigned() }, () => ({
    metric: input.unsigned(),
    n: input.unsigned(),
    min: figure(input),
    max: figure(input),
    sum: figure(input),
    last: figure(input),
  }))
  return { ordinal, n, t0, t1, metrics }
}

/** The records, stably sorted by time. Records already in order, the usual case, are returned as they are. */
export function byTime(records: SampleColumns): SampleColumns {
  const { at, columns, metrics } = records
  const order = orderByTime(at)
  if (!order) return records
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (i) => values[i] ?? NaN)
  return { metrics, at: pick(at), columns: columns.map(pick) }
}

/** Indices in order of time; equal times keep their order. `null` when the times are already in order. */
export function orderByTime(at: Float64Array): Uint32Array | null {
  if (isAscending(at)) return null
  const time = (i: number): number => at[i] ?? NaN
  return Uint32Array.from(at, (_, i) => i).sort((a, b) => time(a) - time(b) || a - b)
}

function isAscending(at: Float64Array): boolean {
  for (let i = 1; i < at.length; i++) if (!((at[i - 1] as number) <= (at[i] as number))) return false
  return true
}
