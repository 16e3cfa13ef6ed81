import type { SharedHead } from '../../threads/read-calls.ts'
import type { SampleColumns } from '../chunk/chunk.ts'
import { keptRecords } from './equal-times.ts'
import { SharedRows } from './shared-rows.ts'

/** Most records of a head. It becomes a chunk before that if its records fill a page. */
export const headCapacity = 1024

/** Columns of `Head.records`. */
let scratch = new Float64Array(8 * headCapacity)

/** Records for which a head has room at first. It grows by half: there may be 50,000 heads. */
const firstRoom = 8

const noRows = new Float64Array(0)

/** The metrics of a message, in its order. Producers rarely change it, so the lookup happens once. */
export interface Layout {
  readonly names: readonly string[]
  readonly metrics: readonly number[]
}

/**
 * Records of one part that are in no chunk yet, in order of arrival. Slots from `count` on may be written at any time;
 * a record belongs to the head when its commit sets `count`.
 *
 * A record is one row of numbers, event time first: a commit touches many heads, and each of them in one place only.
 *
 * **Invariant:** of slots with the same time, the last one has the newest value of each metric. The others are replaced.
 */
export class Head {
  readonly metrics: number[] = []
  /** Smallest and largest event time of the records. */
  t0 = Infinity
  t1 = -Infinity
  /** Slots that a later one with the same time replaces. */
  replaced = 0
  /** Journal batch with the first record: a restart reads from here. */
  firstSeq = Infinity
  layout: Layout | null = null
  /** Records for which there will be room at most, unless one more is written. */
  capacity = headCapacity
  /** Numbers in a row: the event time, and one value for each metric. NaN: none. */
  #width = 1
  #room = 0
  #count = 0
  #rows: Float64Array = noRows
  /** Memory of `#rows`, once another thread has asked for it. */
  #shared: SharedRows | null = null
  /** Memory before the rows moved. It has all records until the next commit. */
  #earlier: SharedRows[] | null = null
  /** Where in a row each value of the layout is. */
  #places: readonly number[] = []
  /** Whether a row may have no value for a metric. */
  #isSparse = false
  /** Newest slot + 1 of each time, by its hash; 0 is free. `null` until a record arrives late. */
  #index: Uint16Array | null = null
  #indexed = 0
  /** The bytes of `#rows`, for hashes. */
  #bits: Uint32Array | null = null

  get count(): number {
    return this.#count
  }

  /** Other threads see the records from now on. */
  set count(count: number) {
    this.#count = count
    this.#shared?.publish(count)
    this.#replaceEarlier()
  }

  /** Another head has the node's records from now on. */
  replace(): void {
    this.#replaceEarlier()
    this.#shared?.replace()
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
    if (slot >= this.#room) this.#grow(slot)
    const rows = this.#rows
    const places = this.#places
    const start = slot * this.#width
    rows[start] = at
    if (this.#isSparse) rows.fill(NaN, start + 1, start + this.#width)
    for (let i = 0; i < places.length; i++) rows[start + (places[i] as number)] = values[from + i] as number
  }

  /** Adds a record of the journal at start. The values are in the order of the layout. */
  refill(at: number, values: Float64Array, seq: number): void {
    const slot = this.count
    this.write(slot, at, values, 0)
    const earlier = at <= this.t1 ? this.sameTime(slot) : -1
    if (earlier >= 0 && !this.complete(slot, earlier)) return
    if (earlier >= 0) this.replaced++
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
    tail.#resize(Math.ceil(1.5 * (count - slot)), this.#width)
    tail.#rows.set(this.#rows.subarray(slot * this.#width, count * this.#width))
    return tail
  }

  /** A new head without the replaced slots of the first `count`. */
  compacted(count: number): Head {
    const kept = keptRecords(this.#times(count))
    const head = this.tail(0, count)
    kept?.forEach((from, to) => head.#rows.copyWithin(to * this.#width, from * this.#width, (from + 1) * this.#width))
    return head
  }

  /** Slots among the first `count` that a later one of them replaces. */
  replacedIn(count: number): number {
    return count - (keptRecords(this.#times(count))?.length ?? count)
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

  /** Forgets what a failed commit wrote beyond `count`. Call it before the first `sameTime` of a batch. */
  forgetUncommitted(): void {
    if (this.#indexed <= this.count) return
    this.#index?.fill(0)
    this.#indexed = 0
  }

  /** The last slot before `slot` with its time; -1 without any. */
  sameTime(slot: number): number {
    const rows = this.#rows
    const at = rows[slot * this.#width] as number
    // As clocks of whole seconds send them: one after the other.
    if (slot > 0 && rows[(slot - 1) * this.#width] === at) return slot - 1
    const index = (this.#index ??= new Uint16Array(indexSizeOf(this.#room)))
    for (; this.#indexed < slot; this.#indexed++) index[this.#placeOf(index, this.#indexed)] = this.#indexed + 1
    return (index[this.#placeOf(index, slot)] as number) - 1
  }

  /**
   * The record of `slot` replaces the one of `earlier`, which has the same time. A metric that it does not have keeps
   * its value.
   *
   * @returns whether any value is another one
   */
  complete(slot: number, earlier: number): boolean {
    const rows = this.#rows
    const width = this.#width
    let isOther = false
    for (let m = 1; m < width; m++) {
      const value = rows[slot * width + m] as number
      const before = rows[earlier * width + m] as number
      if (value !== value) rows[slot * width + m] = before
      else if (!Object.is(value, before)) isOther = true
    }
    return isOther
  }

  /** Number of values in the first `count` records, without replaced ones. `replaced`: slots of these that are. */
  valueCount(count: number, replaced: number): number {
    if (!this.#isSparse) return (count - replaced) * (this.#width - 1)
    const kept = replaced > 0 ? keptRecords(this.#times(count)) : null
    let values = 0
    for (let i = 0; i < (kept?.length ?? count); i++) {
      const start = (kept?.[i] ?? i) * this.#width
      for (let m = 1; m < this.#width; m++) if (!Number.isNaN(this.#rows[start + m])) values++
    }
    return values
  }

  /** A copy of the records in the first `slots`, without replaced ones. Valid until the next call for any head. */
  records(slots: number): SampleColumns {
    const rows = this.#rows
    const width = this.#width
    const kept = keptRecords(this.#times(slots))
    const count = kept?.length ?? slots
    if (scratch.length < count * width) scratch = new Float64Array(2 * count * width)
    const into = scratch
    for (let i = 0; i < count; i++) {
      let from = (kept ? (kept[i] as number) : i) * width
      for (let to = i; to < count * width; to += count) into[to] = rows[from++] as number
    }
    const column = (place: number): Float64Array => into.subarray(place * count, (place + 1) * count)
    return { metrics: this.metrics, at: column(0), columns: this.metrics.map((_, m) => column(m + 1)) }
  }

  /** What another thread needs to read the records, now and after later commits. */
  share(part: number, ordinal: number, nameOf: (metric: number) => string): SharedHead {
    if (!this.#shared) {
      this.#shared = new SharedRows(0)
      this.#resize(this.#nextRoom(), this.#width)
    }
    return { part, ordinal, metrics: this.metrics.map(nameOf), memory: this.#shared.memory }
  }

  #replaceEarlier(): void {
    if (!this.#earlier) return
    for (const shared of this.#earlier) shared.replace()
    this.#earlier = null
  }

  #times(count: number): Float64Array {
    const times = new Float64Array(count)
    for (let i = 0; i < count; i++) times[i] = this.#rows[i * this.#width] as number
    return times
  }

  /** Place of the slot's time in the index: where an equal one is, or a free one. */
  #placeOf(index: Uint16Array, slot: number): number {
    const rows = this.#rows
    const width = this.#width
    const at = rows[slot * width]
    const bits = (this.#bits ??= new Uint32Array(rows.buffer, rows.byteOffset, 2 * rows.length))
    const bit = 2 * slot * width
    let hash = Math.imul(bits[bit] as number, 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15) ^ (bits[bit + 1] as number), 0x85ebca6b)
    const last = index.length - 1
    let place = (hash ^ (hash >>> 13)) & last
    for (let found = index[place] as number; found !== 0; found = index[place] as number) {
      if (rows[(found - 1) * width] === at) break
      place = (place + 1) & last
    }
    return place
  }

  #addMetrics(metrics: readonly number[]): void {
    if (this.#room > 0) this.#isSparse = true
    this.metrics.push(...metrics)
    this.#resize(this.#room, this.metrics.length + 1)
  }

  #grow(slot: number): void {
    this.#resize(Math.max(slot + 1, Math.min(this.#nextRoom(), this.capacity)), this.#width)
  }

  /** Who follows a head in other memory asks again after each move. */
  #nextRoom(): number {
    if (this.#shared) return Math.max(32, 2 * this.#room)
    // Heads that begin together have other capacities, and grow in other commits.
    return this.#room === 0 ? firstRoom + (this.capacity % firstRoom) : Math.ceil(1.5 * this.#room)
  }

  #resize(room: number, width: number): void {
    const before = this.#rows
    const shared = this.#shared && new SharedRows(room * width)
    const rows = shared?.rows ?? new Float64Array(room * width)
    if (width === this.#width) rows.set(before)
    else {
      rows.fill(NaN)
      for (let slot = 0; slot < this.#room; slot++) {
        rows.set(before.subarray(slot * this.#width, (slot + 1) * this.#width), slot * width)
      }
    }
    if (this.#shared && shared) {
      shared.publish(this.#count)
      ;(this.#earlier ??= []).push(this.#shared)
      this.#shared = shared
    }
    // The index depends on the room.
    if (room !== this.#room) this.#forgetIndex()
    this.#rows = rows
    this.#bits = null
    this.#room = room
    this.#width = width
  }

  #forgetIndex(): void {
    this.#index = null
    this.#indexed = 0
  }
}

/** Entries of the table that finds equal times: a power of two, and at least twice the room. */
function indexSizeOf(room: number): number {
  return 2 ** Math.ceil(Math.log2(2 * room))
}
