import { isGoingOn } from '#shared/evaluation/node-parts.ts'
import { stepsKept } from '#shared/evaluation/observed-interval.ts'
import type { PartTimes } from '#shared/evaluation/series-state.ts'

// Numbers of one part, side by side: how many steps came, the last ones in a ring, its newest event time (-Infinity
// before the first record), the offset and source of that record, and the transaction that touched it.
const stride = 10
const firstStep = 1
const newestAt = 6
const newestOffset = 7
const newestSource = 8
const touchedBy = 9
/** Then the count starts at one full ring again, so that it stays exact. */
const countAtMost = 1_000_000 * stepsKept

// One entry of the undo list: a part, and its numbers before the transaction.
const undoStride = stride + 1

/**
 * `NodeParts` of all nodes, as numbers: the newest event time of every part, and the newest steps between these. They are
 * ahead of the store until `commit`; `rollback` restores them.
 */
export class PartColumns {
  #rings = new Float64Array(64 * stride)
  #count = 0
  #undo = new Float64Array(64 * undoStride)
  #undoCount = 0
  readonly #sorted = new Float64Array(stepsKept)

  /** Adds a part of a node. @returns its index */
  add(times?: PartTimes): number {
    const part = this.#count++
    if (part * stride >= this.#rings.length) this.#rings = doubled(this.#rings)
    this.#fill(part * stride, times)
    return part
  }

  /** Newest event time; -Infinity without a record. */
  at(part: number): number {
    return this.#rings[part * stride + newestAt] as number
  }

  /** A record that is not older than the newest one. `source`: index of its partition. */
  // eslint-disable-next-line max-params -- called per sample: an object of arguments would be one more allocation
  note(part: number, at: number, offset: number, source: number, transaction: number): void {
    const ring = this.#touched(part, transaction)
    const rings = this.#rings
    const stepMs = at - (rings[ring + newestAt] as number)
    rings[ring + newestAt] = at
    rings[ring + newestOffset] = offset
    rings[ring + newestSource] = source
    if (stepMs === 0 || stepMs === Infinity) return
    const count = rings[ring] as number
    rings[ring + firstStep + (count % stepsKept)] = stepMs
    rings[ring] = count + 1 === countAtMost ? stepsKept : count + 1
  }

  /** Replaces its times, and its newest record. */
  // eslint-disable-next-line max-params -- as `note`
  set(part: number, times: PartTimes, offset: number, source: number, transaction: number): void {
    const ring = this.#touched(part, transaction)
    this.#fill(ring, times)
    this.#rings[ring + newestOffset] = offset
    this.#rings[ring + newestSource] = source
  }

  /** Offset and source of the newest record. */
  recordOf(part: number): readonly [offset: number, source: number] {
    const ring = part * stride
    return [this.#rings[ring + newestOffset] as number, this.#rings[ring + newestSource] as number]
  }

  /** `undefined` without a record. */
  of(part: number): PartTimes | undefined {
    const ring = part * stride
    const at = this.#rings[ring + newestAt] as number
    if (at === -Infinity) return undefined
    const count = this.#rings[ring] as number
    if (count === 0) return { at }
    const kept = Math.min(count, stepsKept)
    const place = (i: number): number => ring + firstStep + ((count - kept + i) % stepsKept)
    return { at, steps: Array.from({ length: kept }, (_, i) => this.#rings[place(i)] as number) }
  }

  /** Observed interval, ms; 0 while it is unknown. As `observedInterval`. */
  intervalMs(part: number): number {
    const ring = part * stride
    const kept = Math.min(this.#rings[ring] as number, stepsKept)
    const sorted = this.#sorted.subarray(0, kept)
    sorted.set(this.#rings.subarray(ring + firstStep, ring + firstStep + kept))
    return sorted.sort()[kept >> 1] ?? 0
  }

  /** As `nodeInterval`. `parts`: all of one node, whose newest event time is `newest`. */
  shortestMs(parts: Iterable<number>, newest: number): number {
    let shortest = Infinity
    for (const part of parts) {
      const intervalMs = this.intervalMs(part)
      if (intervalMs > 0 && intervalMs < shortest && isGoingOn(this.at(part), intervalMs, newest)) shortest = intervalMs
    }
    return shortest === Infinity ? 0 : shortest
  }

  commit(): void {
    this.#undoCount = 0
  }

  rollback(): void {
    for (let n = 0; n < this.#undoCount; n++) {
      const entry = n * undoStride
      this.#rings.set(this.#undo.subarray(entry + 1, entry + undoStride), this.#undo[entry])
    }
    this.#undoCount = 0
  }

  #fill(ring: number, { at, steps = [] }: PartTimes = { at: -Infinity }): void {
    const kept = steps.slice(-stepsKept)
    this.#rings[ring] = kept.length
    this.#rings.set(kept, ring + firstStep)
    this.#rings[ring + newestAt] = at
  }

  /** The first number of a part that is about to change. */
  #touched(part: number, transaction: number): number {
    const ring = part * stride
    if (this.#rings[ring + touchedBy] === transaction) return ring
    const entry = this.#undoCount++ * undoStride
    if (entry >= this.#undo.length) this.#undo = doubled(this.#undo)
    this.#undo[entry] = ring
    this.#undo.set(this.#rings.subarray(ring, ring + stride), entry + 1)
    this.#rings[ring + touchedBy] = transaction
    return ring
  }
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
