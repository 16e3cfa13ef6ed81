import type { Anchor } from '#shared/alert/series.ts'
import type { PartTimes, SeriesState } from '#shared/evaluation/series-state.ts'
import { allowedLatenessMs, isLate } from '#shared/evaluation/lateness.ts'
import { isBefore } from '#shared/evaluation/node-series.ts'
import { pauseMs } from '#shared/evaluation/observed-interval.ts'
import type { QuietBounds } from '#shared/evaluation/quiet.ts'
import { isAhead } from '#shared/format/time.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { SampleColumns } from '#shared/metric/sample-columns.ts'
import { PartColumns } from './part-columns.ts'

// Numbers of one series, side by side: 64 bytes, one cache line.
const stride = 8
/** Newest event time; -Infinity before the first record. */
const newestAt = 0
/** Offset and source of the record with the newest event time. */
const newestOffset = 1
const newestSource = 2
/** Bounds of a quiet series. `until` is -Infinity where every record needs the state machine. */
const until = 3
const above = 4
const below = 5
/** The transaction that touched the series last. */
const touchedBy = 6
/** Arrival time of the newest record, epoch ms; NaN without one in this run. */
const receivedAt = 7

// One entry of the undo list: a cell, and its three numbers before the transaction.
const undoStride = 4

interface Source {
  readonly topic: string
  readonly partition: number
}

/**
 * Newest record of every series, and the bounds within which a series is quiet, as numbers. A record of a quiet series
 * only moves these numbers, without an object. They are ahead of the store until `commit`; `rollback` restores them.
 */
export class SeriesColumns {
  #cells = new Float64Array(256 * stride)
  #noDataMs = new Float64Array(256)
  /** By series: that of its node. A node is its own. */
  #nodeOf = new Uint32Array(256)
  /** Of all nodes. */
  readonly parts = new PartColumns()
  #count = 0
  #undo = new Float64Array(256 * undoStride)
  #undoCount = 0
  #transaction = 1
  readonly #sources: Source[] = []
  readonly #sourceIndex = new Map<string, Map<number, number>>()
  #source = 0

  /** Adds a node and returns the index of its series. */
  addNode(last: Anchor | null): number {
    return this.addMetric(last, this.#count)
  }

  /** Adds a metric of the node with this index, and returns the index of its series. */
  addMetric(last: Anchor | null, node: number): number {
    const series = this.#count++
    if (series >= this.#nodeOf.length) this.#grow()
    const cell = series * stride
    this.#cells.set([-Infinity, 0, 0, -Infinity, Infinity, -Infinity, 0, NaN], cell)
    this.#noDataMs[series] = Infinity
    this.#nodeOf[series] = node
    if (last) this.#setNewest(cell, last)
    return series
  }

  /** The records of the next `advance` come from this partition. */
  readFrom(topic: string, partition: number): void {
    this.#source = this.#sourceOf(topic, partition)
  }

  /**
   * Applies sample `i` to its node. Its lateness is that of its part.
   * @param part index of its part
   * @returns whether that was all; otherwise the node needs the state machine
   */
  // eslint-disable-next-line max-params -- called per sample: an object of arguments would be one more allocation
  advanceNode(series: number, part: number, { at, recordedAt, offset }: SampleColumns, i: number): boolean {
    const cells = this.#cells
    const cell = series * stride
    const recordAt = at[i] as number
    const stepMs = recordAt - (cells[cell] as number)
    if (cells[cell + until] === -Infinity || stepMs > pauseMs) return false
    const newestOfPart = this.parts.at(part)
    if (recordAt < newestOfPart - allowedLatenessMs) return isLate(newestOfPart, recordAt, recordedAt[i] as number)
    if (cells[cell + touchedBy] !== this.#transaction) this.#touch(cell)
    const recordOffset = offset[i] as number
    if (recordAt > newestOfPart || (recordAt === newestOfPart && this.isNewestOfPart(part, recordOffset))) {
      this.parts.note(part, recordAt, recordOffset, this.#source, this.#transaction)
    }
    if (stepMs < 0) return true
    const [newestBefore, sourceBefore] = [cells[cell + newestOffset] as number, cells[cell + newestSource] as number]
    if (stepMs === 0 && this.#isBefore(recordOffset, newestBefore, sourceBefore)) return true
    cells[cell] = recordAt
    cells[cell + newestOffset] = recordOffset
    cells[cell + newestSource] = this.#source
    return true
  }

  /**
   * Applies the values of record `i` from value `from` on, for as long as their series are quiet.
   * @param series index of the series of each value
   * @returns the first value that needs the state machine, or the number of values
   */
  // eslint-disable-next-line max-params -- called per record: an object of arguments would be one more allocation
  advance(
    series: Uint32Array,
    { at, recordedAt, offset, first, values }: SampleColumns,
    i: number,
    from: number,
  ): number {
    const cells = this.#cells
    const noDataMs = this.#noDataMs
    const recordAt = at[i] as number
    const value0 = first[i] as number
    const count = series.length
    for (let n = from; n < count; n++) {
      const cell = (series[n] as number) * stride
      const value = values[value0 + n] as number
      if (!(recordAt < (cells[cell + until] as number))) return n
      if (value > (cells[cell + above] as number) || value < (cells[cell + below] as number)) return n
      const newest = cells[cell] as number
      if (recordAt < newest - allowedLatenessMs) {
        if (isLate(newest, recordAt, recordedAt[i] as number)) continue
        return n
      }
      if (recordAt - newest >= (noDataMs[series[n] as number] as number)) return n
      if (cells[cell + touchedBy] !== this.#transaction) this.#touch(cell)
      if (recordAt < newest) continue
      cells[cell] = recordAt
      cells[cell + newestOffset] = offset[i] as number
      cells[cell + newestSource] = this.#source
    }
    return count
  }

  /**
   * The state machine evaluated the series. Until it is settled, every record needs the state machine again.
   * @returns whether the newest record is now an earlier one
   */
  stage(series: number, { last }: SeriesState): boolean {
    const cell = series * stride
    if (this.#cells[cell + touchedBy] !== this.#transaction) this.#touch(cell)
    const isSetBack = last !== null && last.at < (this.#cells[cell] as number)
    if (last) this.#setNewest(cell, last)
    this.#cells[cell + until] = -Infinity
    return isSetBack
  }

  /** From now on the series is quiet within these bounds. */
  settle(series: number, bounds: QuietBounds): void {
    const cell = series * stride
    this.#cells[cell + until] = bounds.until
    this.#cells[cell + above] = bounds.above
    this.#cells[cell + below] = bounds.below
    this.#noDataMs[series] = bounds.noDataMs
  }

  /** The rules changed: no bound is valid. */
  unsettleAll(): void {
    for (let series = 0; series < this.#count; series++) this.#cells[series * stride + until] = -Infinity
  }

  /** Whether `evaluateAt` changes nothing in the series. `startedAt`: arrival time of a series without a record. */
  isQuietAt(series: number, now: number, startedAt: number): boolean {
    const cell = series * stride
    const newest = this.#cells[cell] as number
    if (!(Math.max(now, newest) < (this.#cells[cell + until] as number))) return false
    const noDataMs = this.#noDataMs[series] as number
    if (now - (this.receivedAt(series) ?? startedAt) < noDataMs) return true
    const node = this.#nodeOf[series] as number
    if (node !== series) return (this.#cells[node * stride] as number) - newest < noDataMs
    return now - newest < noDataMs && !isAhead(newest, now)
  }

  /** The newest record. Returns `known` if that is it, so that an unchanged state stays the same object. */
  newestOf(series: number, known: Anchor | null): Anchor | null {
    const cell = series * stride
    const at = this.#cells[cell] as number
    if (at === -Infinity) return known
    const offset = this.#cells[cell + newestOffset] as number
    const source = this.#sources[this.#cells[cell + newestSource] as number] as Source
    const { topic, partition } = source
    const isKnown = known?.at === at && known.position.offset === offset
    if (isKnown && known.position.topic === topic && known.position.partition === partition) return known
    return { at, position: { topic, partition, offset } }
  }

  /** `offset`: of the present record. */
  setPart(part: number, times: PartTimes, offset: number): void {
    this.parts.set(part, times, offset, this.#source, this.#transaction)
  }

  /** Adds a part of the last run. @returns its index */
  restorePart(times: PartTimes, { topic, partition, offset }: RecordPosition): number {
    const part = this.parts.add()
    this.parts.set(part, times, offset, this.#sourceOf(topic, partition), 0)
    this.parts.commit()
    return part
  }

  /** The newest record of a part; `undefined` without one. */
  anchorOfPart(part: number): Anchor | undefined {
    const at = this.parts.at(part)
    if (at === -Infinity) return undefined
    const [offset, source] = this.parts.recordOf(part)
    return { at, position: { ...(this.#sources[source] as Source), offset } }
  }

  /** Arrival time of the newest record in this run, epoch ms; `undefined` without one. */
  receivedAt(series: number): number | undefined {
    const at = this.#cells[series * stride + receivedAt] as number
    return Number.isNaN(at) ? undefined : at
  }

  clearArrivalTimes(): void {
    for (let series = 0; series < this.#count; series++) this.#cells[series * stride + receivedAt] = NaN
  }

  /** `arrivedAt`: arrival time of the records, epoch ms; absent if no record came. */
  commit(arrivedAt?: number): void {
    if (arrivedAt !== undefined) {
      for (let n = 0; n < this.#undoCount; n++) {
        this.#cells[(this.#undo[n * undoStride] as number) + receivedAt] = arrivedAt
      }
    }
    this.#nextTransaction()
  }

  /** Bounds are discarded as well: they may be of a rule that the restored time does not have yet. */
  rollback(): void {
    for (let n = 0; n < this.#undoCount; n++) {
      const entry = n * undoStride
      const cell = this.#undo[entry] as number
      this.#cells.set(this.#undo.subarray(entry + 1, entry + undoStride), cell)
      this.#cells[cell + until] = -Infinity
    }
    this.parts.rollback()
    this.#nextTransaction()
  }

  #nextTransaction(): void {
    this.#undoCount = 0
    this.parts.commit()
    this.#transaction++
  }

  /** Whether a record of the present partition is the newest of those of its part with one time. */
  isNewestOfPart(part: number, offset: number): boolean {
    const [newest, source] = this.parts.recordOf(part)
    return !this.#isBefore(offset, newest, source)
  }

  /** Whether a record of the present partition is before this one in the order of records with one time. */
  #isBefore(offset: number, newest: number, source: number): boolean {
    if (source === this.#source) return offset < newest
    const [own, other] = [this.#sources[this.#source] as Source, this.#sources[source] as Source]
    return isBefore({ ...own, offset }, { ...other, offset: newest })
  }

  #touch(cell: number): void {
    const entry = this.#undoCount++ * undoStride
    if (entry >= this.#undo.length) this.#undo = doubled(this.#undo)
    this.#undo[entry] = cell
    this.#undo[entry + 1] = this.#cells[cell] as number
    this.#undo[entry + 2] = this.#cells[cell + newestOffset] as number
    this.#undo[entry + 3] = this.#cells[cell + newestSource] as number
    this.#cells[cell + touchedBy] = this.#transaction
  }

  #setNewest(cell: number, { at, position }: Anchor): void {
    this.#cells[cell + newestAt] = at
    this.#cells[cell + newestOffset] = position.offset
    this.#cells[cell + newestSource] = this.#sourceOf(position.topic, position.partition)
  }

  #sourceOf(topic: string, partition: number): number {
    const current = this.#sources[this.#source]
    if (current?.topic === topic && current.partition === partition) return this.#source
    let partitions = this.#sourceIndex.get(topic)
    if (!partitions) this.#sourceIndex.set(topic, (partitions = new Map<number, number>()))
    let source = partitions.get(partition)
    if (source === undefined) {
      partitions.set(partition, (source = this.#sources.length))
      this.#sources.push({ topic, partition })
    }
    return source
  }

  #grow(): void {
    this.#cells = doubled(this.#cells)
    this.#noDataMs = doubled(this.#noDataMs)
    const larger = new Uint32Array(this.#nodeOf.length * 2)
    larger.set(this.#nodeOf)
    this.#nodeOf = larger
  }
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
