import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { ByteReader } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'
import { ByteSink } from './byte-sink.ts'
import type { BoundLayout } from './dictionary.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'

/** Format 1 has no positions, and all numbers as doubles. Format 2 has no counters. */
const formatWithoutPositions = 1
const formatWithoutCounters = 2
const format = 3

/** Values are mostly decimals with at most two digits after the point. */
const scale = 100

/**
 * The records of one commit as one blob. For each partition: its name, the number of its records, and the records in
 * order of arrival: differences of part number, offset and time to the record before, the values, and the raw values of
 * counters. A record with another list of metrics or a gap of offsets, or a repeat, says so. The first use of a list
 * writes it, later ones write its index. A repeat has raw values only: it is stored because it may be the newest record
 * of its series.
 */
export class JournalWriter {
  readonly #out = new ByteSink(1 << 16)
  readonly #lists = new Map<BoundLayout, number>()
  #layout: BoundLayout | null = null
  #list = 0
  #count = 0
  #columns: SampleBatch['columns'] | null = null
  #part = 0
  #offset = 0
  #at = 0

  /** Records so far. */
  get count(): number {
    return this.#count
  }

  clear(): void {
    this.#out.clear()
    this.#out.unsigned(format)
    this.#lists.clear()
    this.#layout = null
    this.#columns = null
    this.#count = 0
  }

  /** Begins a partition. `add` must follow for each of its samples. */
  begin({ topic, partition, columns }: SampleBatch): void {
    this.#columns = columns
    this.#layout = null
    this.#part = 0
    this.#offset = 0
    this.#at = 0
    this.#out.text(topic)
    this.#out.unsigned(partition)
    this.#out.unsigned(columns.count)
  }

  /** Adds sample `i` of the partition that was begun. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  add(part: number, bound: BoundLayout, i: number, isRepeat: boolean): void {
    const columns = this.#columns as SampleBatch['columns']
    const out = this.#out
    const width = bound.layout.metrics.length
    out.reserve(48 + 10 * width)
    const offset = columns.offset[i] as number
    const at = columns.at[i] as number
    const step = part - this.#part
    const place = step < 0 ? -2 * step - 1 : 2 * step
    this.#part = part
    if (bound === this.#layout && !isRepeat && offset === this.#offset + 1) out.unsigned(2 * place)
    else {
      out.unsigned(2 * place + 1)
      const isNew = bound !== this.#layout && this.#useList(bound)
      out.unsigned(2 * this.#list + (isRepeat ? 1 : 0))
      if (isNew) this.#writeList(bound)
      out.signed(offset - this.#offset)
    }
    out.numberOrRaw(at - this.#at, at)
    this.#offset = offset
    this.#at = at
    this.#count++
    if (!isRepeat) this.#writeValues(columns, columns.first[i] as number, width)
    if (bound.counters.length > 0) this.#writeRaw(columns, i, bound.counters.length)
  }

  /** Valid until `clear`. */
  written(): Buffer {
    return this.#out.written()
  }

  #writeValues({ values }: SampleBatch['columns'], from: number, width: number): void {
    const out = this.#out
    for (let v = from; v < from + width; v++) {
      const value = values[v] as number
      const scaled = Math.round(value * scale)
      out.numberOrRaw(scaled / scale === value && !Object.is(value, -0) ? scaled : NaN, value)
    }
  }

  #writeRaw({ raw }: SampleBatch['columns'], i: number, width: number): void {
    const out = this.#out
    out.reserve(10 * width)
    const from = raw?.first[i] ?? 0
    for (let v = from; v < from + width; v++) {
      const value = raw?.values[v] ?? NaN
      out.numberOrRaw(Object.is(value, -0) ? NaN : value, value)
    }
  }

  /** @returns whether the blob has no such list yet */
  #useList(layout: BoundLayout): boolean {
    this.#layout = layout
    const known = this.#lists.get(layout)
    this.#list = known ?? this.#lists.size
    this.#lists.set(layout, this.#list)
    return known === undefined
  }

  #writeList({ layout: { metrics }, counters }: BoundLayout): void {
    this.#out.reserve(80 + 20 * metrics.length + 10 * counters.length)
    this.#out.unsigned(metrics.length)
    for (const metric of metrics) this.#out.unsigned(metric)
    this.#out.unsigned(counters.length)
    for (const metric of counters) this.#out.unsigned(metric)
  }
}

/** A record of the journal. The reader uses one object for all of them. */
export interface JournalRecord {
  /** Number of the part. */
  part: number
  /** Index of its list of metrics in the blob. */
  list: number
  /** The list of metrics: the same object for all records of a blob with it. */
  metrics: readonly number[]
  at: number
  /** Values of `metrics`; undefined content for a repeat. */
  values: Float64Array
  /** Metrics of the raw values: the same object for all records of a blob with this list. */
  counters: readonly number[]
  /** Raw values of `counters`. */
  raw: Float64Array
  isRepeat: boolean
  /** `null` in blobs of format 1. */
  partition: TopicPartition | null
  offset: number
}

/** Calls `visit` with each record in order. The record changes after the call. */
export function readJournal(blob: Uint8Array, visit: (record: JournalRecord) => void): void {
  const input = new ByteReader(blob)
  const found = input.byte()
  const records = new RecordReader(input, visit)
  if (found === formatWithoutPositions) records.withoutPositions()
  else if (found === formatWithoutCounters) records.byPartition(false)
  else if (found === format) records.byPartition(true)
  else throw new DamagedError('unknown journal format')
}

const none: readonly number[] = []

interface List {
  readonly metrics: readonly number[]
  readonly counters: readonly number[]
}

class RecordReader {
  readonly #input: ByteReader
  readonly #visit: (record: JournalRecord) => void
  readonly #lists: List[] = []
  readonly #record: JournalRecord = {
    part: 0,
    list: 0,
    metrics: [],
    at: 0,
    values: new Float64Array(16),
    counters: [],
    raw: new Float64Array(16),
    isRepeat: false,
    partition: null,
    offset: 0,
  }

  constructor(input: ByteReader, visit: (record: JournalRecord) => void) {
    this.#input = input
    this.#visit = visit
  }

  withoutPositions(): void {
    const input = this.#input
    const record = this.#record
    while (!input.done) {
      record.part = input.unsigned()
      this.#useList(input.unsigned(), false)
      record.at = input.float64()
      for (let i = 0; i < record.metrics.length; i++) record.values[i] = input.float64()
      this.#visit(record)
    }
  }

  byPartition(hasCounters: boolean): void {
    const input = this.#input
    const record = this.#record
    while (!input.done) {
      record.partition = { topic: input.text(), partition: input.unsigned() }
      record.part = 0
      record.offset = 0
      record.at = 0
      for (let left = input.unsigned(); left > 0; left--) {
        const code = input.unsigned()
        const place = Math.floor(code / 2)
        record.part += place % 2 === 0 ? place / 2 : -(place + 1) / 2
        record.isRepeat = false
        if (code % 2 === 0) record.offset++
        else {
          const list = input.unsigned()
          record.isRepeat = list % 2 === 1
          this.#useList(Math.floor(list / 2), hasCounters)
          record.offset += input.signed()
        }
        record.at = this.#number(record.at, 1)
        if (!record.isRepeat) {
          for (let i = 0; i < record.metrics.length; i++) record.values[i] = this.#number(0, scale)
        }
        for (let i = 0; i < record.counters.length; i++) record.raw[i] = this.#number(0, 1)
        this.#visit(record)
      }
    }
  }

  #number(before: number, divisor: number): number {
    const code = this.#input.unsigned()
    if (code === 0) return this.#input.float64()
    const difference = code % 2 === 1 ? (code - 1) / 2 : -code / 2
    return before + difference / divisor
  }

  #useList(index: number, hasCounters: boolean): void {
    if (index === this.#lists.length) {
      this.#lists.push({ metrics: this.#readList(), counters: hasCounters ? this.#readList() : none })
    }
    const list = this.#lists[index]
    if (!list) throw new DamagedError('a journal record names a list of metrics that is not there')
    const record = this.#record
    record.list = index
    record.metrics = list.metrics
    record.counters = list.counters
    if (list.metrics.length > record.values.length) record.values = new Float64Array(2 * list.metrics.length)
    if (list.counters.length > record.raw.length) record.raw = new Float64Array(2 * list.counters.length)
  }

  #readList(): readonly number[] {
    const input = this.#input
    const length = input.unsigned()
    if (length === 0) return none
    const list: number[] = []
    for (let i = 0; i < length; i++) list.push(input.unsigned())
    return list
  }
}
