import type { SampleColumns } from '../chunk/chunk.ts'
import type { HeadCopy } from '../../threads/read-calls.ts'

/** A full head becomes one chunk. */
export const headCapacity = 240

/** The metrics of a message, in its order. Producers rarely change it, so the lookup happens once. */
export interface Layout {
  readonly names: readonly string[]
  readonly metrics: readonly number[]
}

/**
 * Records of one node that are in no chunk yet, in order of arrival. Slots from `count` on may be written at any time;
 * a record belongs to the head when its commit sets `count`.
 */
export class Head {
  readonly metrics: number[] = []
  count = 0
  /** Smallest and largest event time of the records. */
  t0 = Infinity
  t1 = -Infinity
  /** Journal batch with the first record: a restart reads from here. */
  firstSeq = Infinity
  layout: Layout | null = null
  #room = 0
  #at = new Float64Array(0)
  #columns: Array<Float64Array<ArrayBuffer>> = []
  /** The columns of the layout's metrics, in its order. */
  #layoutColumns: ReadonlyArray<Float64Array<ArrayBuffer>> = []

  /** Sets the layout of `write` and `hasSample`. */
  use(layout: Layout): void {
    if (this.layout === layout) return
    this.layout = layout
    this.#bind(layout)
  }

  write(slot: number, at: number, values: readonly number[]): void {
    if (slot >= this.#room) this.#grow()
    this.#at[slot] = at
    if (values.length < this.#columns.length) for (const column of this.#columns) column[slot] = NaN
    for (let i = 0; i < values.length; i++) {
      const column = this.#layoutColumns[i]
      if (column) column[slot] = values[i] ?? NaN
    }
  }

  /** Adds a record of the journal at start. */
  refill(at: number, values: readonly number[], seq: number): void {
    this.write(this.count, at, values)
    this.count++
    this.t0 = Math.min(this.t0, at)
    this.t1 = Math.max(this.t1, at)
    this.firstSeq = Math.min(this.firstSeq, seq)
  }

  /** Whether one of the first `count` records has the same time and the same values. */
  hasSample(count: number, at: number, values: readonly number[]): boolean {
    for (let slot = count - 1; slot >= 0; slot--) {
      if (this.#at[slot] === at && this.#same(slot, values)) return true
    }
    return false
  }

  /** Number of values in the first `count` records. */
  valueCount(count: number): number {
    let samples = 0
    for (const column of this.#columns) {
      for (let slot = 0; slot < count; slot++) if (!Number.isNaN(column[slot])) samples++
    }
    return samples
  }

  /** Views on the first `count` records, not copies. */
  records(count: number): SampleColumns {
    return {
      metrics: [...this.metrics],
      at: this.#at.subarray(0, count),
      columns: this.#columns.map((column) => column.subarray(0, count)),
    }
  }

  copy(ordinal: number, nameOf: (metric: number) => string): HeadCopy {
    const width = this.metrics.length
    const values = new Float64Array(this.count * width)
    this.#columns.forEach((column, m) => {
      for (let i = 0; i < this.count; i++) values[i * width + m] = column[i] ?? NaN
    })
    return { ordinal, metrics: this.metrics.map(nameOf), at: this.#at.slice(0, this.count), values }
  }

  #same(slot: number, values: readonly number[]): boolean {
    let present = 0
    for (const column of this.#columns) if (!Number.isNaN(column[slot])) present++
    return present === values.length && values.every((value, i) => Object.is(this.#layoutColumns[i]?.[slot], value))
  }

  #bind(layout: Layout): void {
    this.#layoutColumns = layout.metrics.map((metric) => this.#columnOf(metric))
  }

  #columnOf(metric: number): Float64Array<ArrayBuffer> {
    const known = this.#columns[this.metrics.indexOf(metric)]
    if (known) return known
    const column = new Float64Array(this.#room).fill(NaN)
    this.metrics.push(metric)
    this.#columns.push(column)
    return column
  }

  #grow(): void {
    this.#room = Math.max(32, this.#room * 2)
    this.#at = grown(this.#at, this.#room, 0)
    this.#columns = this.#columns.map((column) => grown(column, this.#room, NaN))
    if (this.layout) this.#bind(this.layout)
  }
}

function grown(values: Float64Array, room: number, fill: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(room).fill(fill)
  larger.set(values)
  return larger
}
