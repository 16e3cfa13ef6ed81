import type { CounterRow } from '#shared/metric/formats/counter-row.ts'
import { ByteReader } from '../chunk/bytes.ts'
import { DamagedError } from '../errors.ts'
import { ByteSink } from './byte-sink.ts'
import type { TopicPartition } from '#shared/metric/topic-partition.ts'

const format = 1

/** A row of the table: the values of a part in one partition, as of a batch of the journal. */
export interface CounterTableRow extends TopicPartition {
  readonly part: number
  readonly seq: number
  readonly data: Buffer
}

// Numbers of one counter, side by side.
const stride = 6
const rawPlace = 0
const atPlace = 1
const stepPlace = 2
/** Journal batches of its newest record, and of the newest one with an earlier time. */
const newestSeq = 3
const beforeSeq = 4
/** Batch of the first record that the table does not have; Infinity: it has all. */
const unsavedFrom = 5

/**
 * The newest raw values of the counters of one part in one partition. They follow from the records of the journal, from
 * the row in the table on: the two newest records of a counter give its value, time and step.
 */
export class CounterValues {
  readonly partition: TopicPartition
  /** Metrics, in the order of their numbers in `#cells`. */
  #metrics: readonly number[] = []
  #cells = new Float64Array(0)
  /** The list of counters that was last used, if its order is that of `#metrics`. */
  #list: readonly number[] | null = null
  /** Batch of the row. Records up to it change nothing. */
  #savedSeq = -1

  constructor(partition: TopicPartition) {
    this.partition = partition
  }

  /** The row of the table, at start. */
  restore({ seq, data }: CounterTableRow): void {
    const input = new ByteReader(data)
    if (input.byte() !== format) throw new DamagedError('unknown format of counters')
    const metrics: number[] = []
    const cells: number[] = []
    while (!input.done) {
      metrics.push(input.unsigned())
      cells.push(input.float64(), input.float64(), input.float64(), -1, -1, Infinity)
    }
    this.#metrics = metrics
    this.#cells = Float64Array.from(cells)
    this.#savedSeq = seq
  }

  /** The row as of batch `seq`. */
  encoded(): Buffer {
    const out = new ByteSink(16 + 40 * this.#metrics.length)
    out.reserve(16 + 40 * this.#metrics.length)
    out.unsigned(format)
    this.#metrics.forEach((metric, m) => {
      out.unsigned(metric)
      for (let place = 0; place <= stepPlace; place++) out.float64(this.#cells[m * stride + place] as number)
    })
    return Buffer.from(out.written())
  }

  /**
   * A record of batch `seq`, as `nextCounter` takes it.
   * @param list metrics of the values from `raw[from]` on
   */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  note(list: readonly number[], raw: Float64Array, from: number, at: number, seq: number): void {
    if (seq <= this.#savedSeq) return
    if (list !== this.#list && !this.#use(list)) {
      for (let i = 0; i < list.length; i++) {
        this.#noteOne(this.#metrics.indexOf(list[i] as number), raw[from + i] as number, at, seq)
      }
      return
    }
    for (let i = 0; i < list.length; i++) this.#noteOne(i, raw[from + i] as number, at, seq)
  }

  /** Whether records before batch `cut` are in no row, and the records from it on do not give all values. */
  isLostBefore(cut: number): boolean {
    const cells = this.#cells
    for (let cell = 0; cell < cells.length; cell += stride) {
      if ((cells[cell + unsavedFrom] as number) < cut && (cells[cell + beforeSeq] as number) < cut) return true
    }
    return false
  }

  /** The table has all values as of batch `seq`. */
  saved(seq: number): void {
    this.#savedSeq = seq
    for (let cell = 0; cell < this.#cells.length; cell += stride) this.#cells[cell + unsavedFrom] = Infinity
  }

  /** Newest event time, epoch ms; -Infinity without a value. */
  newestAt(): number {
    let newest = -Infinity
    for (let cell = 0; cell < this.#cells.length; cell += stride) {
      newest = Math.max(newest, this.#cells[cell + atPlace] as number)
    }
    return newest
  }

  row(nodeId: string, part: string, nameOf: (metric: number) => string): CounterRow {
    const values = this.#metrics.map((metric, m) => {
      const [raw = NaN, at = NaN, stepMs = 0] = this.#cells.subarray(m * stride, m * stride + 3)
      return [nameOf(metric), { raw, at, stepMs }] as const
    })
    return { ...this.partition, nodeId, part, values: new Map(values) }
  }

  // eslint-disable-next-line max-params -- as `note`
  #noteOne(place: number, raw: number, at: number, seq: number): void {
    const cells = this.#cells
    const cell = place * stride
    const before = cells[cell + atPlace] as number
    cells[cell + rawPlace] = raw
    // A value with the same time replaces another one.
    if (at !== before) {
      cells[cell + atPlace] = at
      cells[cell + stepPlace] = before !== before ? 0 : at - before
      cells[cell + beforeSeq] = cells[cell + newestSeq] as number
    }
    cells[cell + newestSeq] = seq
    if (seq < (cells[cell + unsavedFrom] as number)) cells[cell + unsavedFrom] = seq
  }

  /**
   * Adds what is new of the list.
   * @returns whether the values are in its order
   */
  #use(list: readonly number[]): boolean {
    const added = list.filter((metric) => !this.#metrics.includes(metric))
    if (added.length > 0) {
      const cells = new Float64Array((this.#metrics.length + added.length) * stride)
      cells.set(this.#cells)
      for (let cell = this.#cells.length; cell < cells.length; cell += stride) {
        cells.set([NaN, NaN, 0, -1, -1, Infinity], cell)
      }
      this.#metrics = [...this.#metrics, ...added]
      this.#cells = cells
    }
    const isInOrder = list.every((metric, i) => this.#metrics[i] === metric)
    if (isInOrder) this.#list = list
    return isInOrder
  }
}
