import type { SampleBatch } from '#shared/metric/sample-columns.ts'
import { ByteReader } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'
import { ByteSink } from './byte-sink.ts'
import type { Layout } from './head.ts'

/** Format 1 has no positions, and all numbers as doubles. */
const formatWithoutPositions = 1
const format = 2

/** Values are mostly decimals with at most two digits after the point. */
const scale = 100

/** A partition as records of the journal name it. */
export interface PartitionName {
  readonly topic: string
  readonly partition: number
}

/**
 * The records of one commit as one blob. For each partition: its name, the number of its records, and the records in
 * order of arrival: differences of node number, offset and time to the record before, and the values. A record with
 * another list of metrics or a gap of offsets, or a repeat, says so. The first use of a list writes it, later ones write
 * its index. A repeat has no values: it is stored because it may be the newest record of its series.
 */
export class JournalWriter {
  readonly #out = new ByteSink(1 << 16)
  readonly #lists = new Map<Layout, number>()
  #layout: Layout | null = null
  #list = 0
  #count = 0
  #columns: SampleBatch['columns'] | null = null
  #node = 0
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
    this.#node = 0
    this.#offset = 0
    this.#at = 0
    this.#out.text(topic)
    this.#out.unsigned(partition)
    this.#out.unsigned(columns.count)
  }

  /** Adds sample `i` of the partition that was begun. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  add(node: number, layout: Layout, i: number, isRepeat: boolean): void {
    const columns = this.#columns as SampleBatch['columns']
    const out = this.#out
    const width = layout.metrics.length
    out.reserve(48 + 10 * width)
    const offset = columns.offset[i] as number
    const at = columns.at[i] as number
    const step = node - this.#node
    const place = step < 0 ? -2 * step - 1 : 2 * step
    this.#node = node
    if (layout === this.#layout && !isRepeat && offset === this.#offset + 1) out.unsigned(2 * place)
    else {
      out.unsigned(2 * place + 1)
      const isNew = layout !== this.#layout && this.#useList(layout)
      out.unsigned(2 * this.#list + (isRepeat ? 1 : 0))
      if (isNew) this.#writeList(layout)
      out.signed(offset - this.#offset)
    }
    out.numberOrRaw(at - this.#at, at)
    this.#offset = offset
    this.#at = at
    this.#count++
    if (isRepeat) return
    const { values } = columns
    const from = columns.first[i] as number
    for (let v = from; v < from + width; v++) {
      const value = values[v] as number
      const scaled = Math.round(value * scale)
      out.numberOrRaw(scaled / scale === value && !Object.is(value, -0) ? scaled : NaN, value)
    }
  }

  /** Valid until `clear`. */
  written(): Buffer {
    return this.#out.written()
  }

  /** @returns whether the blob has no such list yet */
  #useList(layout: Layout): boolean {
    this.#layout = layout
    const known = this.#lists.get(layout)
    this.#list = known ?? this.#lists.size
    this.#lists.set(layout, this.#list)
    return known === undefined
  }

  #writeList({ metrics }: Layout): void {
    this.#out.reserve(68 + 20 * metrics.length)
    this.#out.unsigned(metrics.length)
    for (const metric of metrics) this.#out.unsigned(metric)
  }
}

/** A record of the journal. The reader uses one object for all of them. */
export interface JournalRecord {
  node: number
  /** The list of metrics: the same object for all records of a blob with it. */
  metrics: readonly number[]
  at: number
  /** Values of `metrics`; undefined content for a repeat. */
  values: Float64Array
  isRepeat: boolean
  /** `null` in blobs of format 1. */
  partition: PartitionName | null
  offset: number
}

/** Calls `visit` with each record in order. The record changes after the call. */
export function readJournal(blob: Uint8Array, visit: (record: JournalRecord) => void): void {
  const input = new ByteReader(blob)
  const found = input.byte()
  const records = new RecordReader(input, visit)
  if (found === formatWithoutPositions) records.withoutPositions()
  else if (found === format) records.byPartition()
  else throw new DamagedError('unknown journal format')
}

class RecordReader {
  readonly #input: ByteReader
  readonly #visit: (record: JournalRecord) => void
  readonly #lists: number[][] = []
  readonly #record: JournalRecord = {
    node: 0,
    metrics: [],
    at: 0,
    values: new Float64Array(16),
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
      record.node = input.unsigned()
      this.#useList(input.unsigned())
      record.at = input.float64()
      for (let i = 0; i < record.metrics.length; i++) record.values[i] = input.float64()
      this.#visit(record)
    }
  }

  byPartition(): void {
    const input = this.#input
    const record = this.#record
    while (!input.done) {
      record.partition = { topic: input.text(), partition: input.unsigned() }
      record.node = 0
      record.offset = 0
      record.at = 0
      for (let left = input.unsigned(); left > 0; left--) {
        const code = input.unsigned()
        const place = Math.floor(code / 2)
        record.node += place % 2 === 0 ? place / 2 : -(place + 1) / 2
        record.isRepeat = false
        if (code % 2 === 0) record.offset++
        else {
          const list = input.unsigned()
          record.isRepeat = list % 2 === 1
          this.#useList(Math.floor(list / 2))
          record.offset += input.signed()
        }
        record.at = this.#number(record.at, 1)
        if (!record.isRepeat) {
          for (let i = 0; i < record.metrics.length; i++) record.values[i] = this.#number(0, scale)
        }
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

  #useList(index: number): void {
    const input = this.#input
    if (index === this.#lists.length) {
      this.#lists.push(Array.from({ length: input.unsigned() }, () => input.unsigned()))
    }
    const metrics = this.#lists[index]
    if (!metrics) throw new DamagedError('a journal record names a list of metrics that is not there')
    if (metrics.length > this.#record.values.length) this.#record.values = new Float64Array(2 * metrics.length)
    this.#record.metrics = metrics
  }
}
