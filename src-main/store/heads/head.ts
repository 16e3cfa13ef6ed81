import type { SharedHead } from '../../threads/read-calls.ts'
import type { SampleColumns } from '../chunk/chunk.ts'
import { SharedRows } from './shared-rows.ts'

/** Most records of a head. It becomes a chunk before that if its records fill a page. */
export const headCapacity = 1024

/** Columns of `Head.records`. */
let scratch = new Float64Array(8 * headCapacity)

/** Entries of the table that finds repeats: a power of two, and at least twice the capacity. */
const indexSize = 2048

/** The metrics of a message, in its order. Producers rarely change it, so the lookup happens once. */
export interface Layout {
  readonly names: readonly string[]
  readonly metrics: readonly number[]
}

/**
 * Records of one node that are in no chunk yet, in order of arrival. Slots from `count` on may be written at any time;
 * a record belongs to the head when its commit sets `count`.
 *
 * A record is one row of numbers, event time first: a commit touches many heads, and each of them in one place only.
 */
export class Head {
  readonly metrics: number[] = []
  /** Smallest and largest event time of the records. */
  t0 = Infinity
  t1 = -Infinity
  /** Journal batch with the first record: a restart reads from here. */
  firstSeq = Infinity
  layout: Layout | null = null
  /** Numbers in a row: the event time, and one value for each metric. NaN: none. */
  #width = 1
  #room = 0
  #count = 0
  #shared = new SharedRows(0)
  /** Of `#shared`. */
  #rows = this.#shared.rows
  #bits = this.#shared.bits
  /** Memory before the rows moved. It has all records until the next commit. */
  readonly #earlier: SharedRows[] = []
  /** Where in a row each value of the layout is. */
  #places: readonly number[] = []
  /** Whether a row may have no value for a metric. */
  #isSparse = false
  /** Slots + 1 by hash of their row; 0 is free. `null` until a record arrives that is not newer than all others. */
  #index: Uint16Array | null = null
  #indexed = 0

  get count(): number {
    return this.#count
  }

  /** Other threads see the records from now on. */
  set count(count: number) {
    this.#count = count
    this.#shared.publish(count)
    this.#replaceEarlier()
  }

  /** Another head has the node's records from now on. */
  replace(): void {
    this.#replaceEarlier()
    this.#shared.replace()
  }

  /** Sets the layout of `write`. */
  use(layout: Layout): void {
    if (this.layout === layout) return
    this.layout = layout
    const added = layout.metrics.filter((metric) => !this.metrics.includes(metric))
    if (added.length > 0) this.#addMetrics(added)
    this.#places = layout.metrics.map((metric) => this.metrics.indexOf(metric) + 1)
    if (layout.metrics.length < this.metrics.length) this.#isSparse = true
  }

  /** Writes the row of a slot. The values begin at `values[from]`, in the order of the layout. */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  write(slot: number, at: number, values: Float64Array, from: number): void {
    if (slot >= this.#room) this.#resize(Math.max(32, this.#room * 2), this.#width)
    const rows = this.#rows
    const places = this.#places
    const start = slot * this.#width
    rows[start] = at
    if (this.#isSparse) rows.fill(NaN, start + 1, start + this.#width)
    for (let i = 0; i < places.length; i++) rows[start + (places[i] as number)] = values[from + i] as number
  }

  /** Adds a record of the journal at start. The values are in the order of the layout. */
  refill(at: number, values: Float64Array, seq: number): void {
    this.write(this.count, at, values, 0)
    this.count++
    this.t0 = Math.min(this.t0, at)
    this.t1 = Math.max(this.t1, at)
    this.firstSeq = Math.min(this.firstSeq, seq)
  }

  /** Sets the records that were stored last; call it on an empty head. */
  restore({ metrics, at, columns }: SampleColumns, layout: Layout): void {
    this.use(layout)
    this.#resize(at.length, metrics.length + 1)
    at.forEach((time, slot) => {
      const start = slot * this.#width
      this.#rows[start] = time
      columns.forEach((column, m) => (this.#rows[start + 1 + m] = column[slot] as number))
    })
    this.#isSparse ||= columns.some((column) => column.some((value) => Number.isNaN(value)))
    this.count = at.length
    this.t0 = Math.min(...at)
    this.t1 = Math.max(...at)
  }

  /** A new head with the records from `slot` on, of the first `count`. */
  tail(slot: number, count: number): Head {
    const tail = new Head()
    if (!this.layout) return tail
    tail.metrics.push(...this.metrics)
    tail.#width = this.#width
    tail.#isSparse = this.#isSparse
    tail.use(this.layout)
    if (slot === count) return tail
    tail.#resize(Math.max(32, 2 * (count - slot)), this.#width)
    tail.#rows.set(this.#rows.subarray(slot * this.#width, count * this.#width))
    return tail
  }

  /** Smallest and largest event time of the first `count` records. */
  spanOf(count: number): readonly [number, number] {
    const rows = this.#rows
    const width = this.#width
    let [t0, t1] = [Infinity, -Infinity]
    for (let i = 0; i < count * width; i += width) {
      const at = rows[i] as number
      if (at < t0) t0 = at
      if (at > t1) t1 = at
    }
    return [t0, t1]
  }

  /** Forgets what a failed commit wrote beyond `count`. Call it before the first `repeats` of a batch. */
  forgetUncommitted(): void {
    if (this.#indexed <= this.count) return
    this.#index?.fill(0)
    this.#indexed = 0
  }

  /**
   * Whether an earlier slot has the same time and the same values as `slot`. Rows are found by hash: a producer may send
   * any number of records with one time.
   */
  repeats(slot: number): boolean {
    const index = (this.#index ??= new Uint16Array(indexSize))
    for (; this.#indexed < slot; this.#indexed++) {
      let free = this.#hash(this.#indexed)
      while (index[free] !== 0) free = (free + 1) % indexSize
      index[free] = this.#indexed + 1
    }
    let place = this.#hash(slot)
    for (let found = index[place] as number; found !== 0; found = index[place] as number) {
      if (this.#isSame(found - 1, slot)) return true
      place = (place + 1) % indexSize
    }
    return false
  }

  /** Number of values in the first `count` records. */
  valueCount(count: number): number {
    if (!this.#isSparse) return count * (this.#width - 1)
    let values = 0
    for (let slot = 0; slot < count; slot++) {
      for (let m = 1; m < this.#width; m++) if (!Number.isNaN(this.#rows[slot * this.#width + m])) values++
    }
    return values
  }

  /** A copy of the first `count` records. Valid until the next call for any head: one memory for all. */
  records(count: number): SampleColumns {
    const rows = this.#rows
    const width = this.#width
    if (scratch.length < count * width) scratch = new Float64Array(2 * count * width)
    const into = scratch
    for (let i = 0, from = 0; i < count; i++) {
      for (let to = i; to < count * width; to += count) into[to] = rows[from++] as number
    }
    const column = (place: number): Float64Array => into.subarray(place * count, (place + 1) * count)
    return { metrics: this.metrics, at: column(0), columns: this.metrics.map((_, m) => column(m + 1)) }
  }

  /** What another thread needs to read the records, now and after later commits. */
  share(ordinal: number, nameOf: (metric: number) => string): SharedHead {
    return { ordinal, metrics: this.metrics.map(nameOf), memory: this.#shared.memory }
  }

  #replaceEarlier(): void {
    for (let shared = this.#earlier.pop(); shared; shared = this.#earlier.pop()) shared.replace()
  }

  /** Values that are not there do not count, so that the hash stays the same when a metric is added. */
  #hash(slot: number): number {
    const start = slot * this.#width
    let hash = 0
    for (let m = 0; m < this.#width; m++) {
      if (Number.isNaN(this.#rows[start + m])) continue
      const bit = 2 * (start + m)
      hash = Math.imul(hash ^ (this.#bits[bit] as number) ^ m, 0x9e3779b1)
      hash = Math.imul(hash ^ (hash >>> 15) ^ (this.#bits[bit + 1] as number), 0x85ebca6b)
      hash ^= hash >>> 13
    }
    return (hash >>> 0) % indexSize
  }

  #isSame(a: number, b: number): boolean {
    const rows = this.#rows
    const width = this.#width
    for (let m = 0; m < width; m++) if (!Object.is(rows[a * width + m], rows[b * width + m])) return false
    return true
  }

  #addMetrics(metrics: readonly number[]): void {
    if (this.#room > 0) this.#isSparse = true
    this.metrics.push(...metrics)
    this.#resize(this.#room, this.metrics.length + 1)
  }

  #resize(room: number, width: number): void {
    const before = this.#rows
    const shared = new SharedRows(room * width)
    const { rows } = shared
    if (width === this.#width) rows.set(before)
    else {
      rows.fill(NaN)
      for (let slot = 0; slot < this.#room; slot++) {
        rows.set(before.subarray(slot * this.#width, (slot + 1) * this.#width), slot * width)
      }
    }
    shared.publish(this.#count)
    this.#earlier.push(this.#shared)
    this.#shared = shared
    this.#rows = rows
    this.#bits = shared.bits
    this.#room = room
    this.#width = width
  }
}
