import { stepsKept } from '#shared/evaluation/observed-interval.ts'

// Numbers of one node, side by side: how many steps came, the last ones in a ring, and the transaction that touched it.
const stride = 8
const firstStep = 1
const touchedBy = 7
/** Then the count starts at one full ring again, so that it stays exact. */
const countAtMost = 1_000_000 * stepsKept

// One entry of the undo list: a ring, and its numbers before the transaction.
const undoStride = stride + 1

/**
 * The newest steps between event times of every node, as numbers. They are ahead of the store until `commit`; `rollback`
 * restores them.
 */
export class NodeSteps {
  #rings = new Float64Array(64 * stride)
  #count = 0
  /** By series of a node: its ring. */
  #ringOf = new Uint32Array(256)
  #undo = new Float64Array(64 * undoStride)
  #undoCount = 0

  add(series: number, steps: readonly number[] | undefined): void {
    const ring = this.#count++ * stride
    if (ring >= this.#rings.length) this.#rings = doubled(this.#rings)
    while (series >= this.#ringOf.length) {
      const larger = new Uint32Array(this.#ringOf.length * 2)
      larger.set(this.#ringOf)
      this.#ringOf = larger
    }
    this.#ringOf[series] = ring
    this.#fill(ring, steps)
  }

  push(series: number, stepMs: number, transaction: number): void {
    const ring = this.#touched(series, transaction)
    const rings = this.#rings
    const count = rings[ring] as number
    rings[ring + firstStep + (count % stepsKept)] = stepMs
    rings[ring] = count + 1 === countAtMost ? stepsKept : count + 1
  }

  set(series: number, steps: readonly number[] | undefined, transaction: number): void {
    this.#fill(this.#touched(series, transaction), steps)
  }

  /** Oldest first; `undefined` without any. */
  of(series: number): readonly number[] | undefined {
    const ring = this.#ringOf[series] as number
    const count = this.#rings[ring] as number
    if (count === 0) return undefined
    const kept = Math.min(count, stepsKept)
    const place = (i: number): number => ring + firstStep + ((count - kept + i) % stepsKept)
    return Array.from({ length: kept }, (_, i) => this.#rings[place(i)] as number)
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

  #fill(ring: number, steps: readonly number[] = []): void {
    const kept = steps.slice(-stepsKept)
    this.#rings[ring] = kept.length
    this.#rings.set(kept, ring + firstStep)
  }

  /** The first number of the ring of a node that is about to change. */
  #touched(series: number, transaction: number): number {
    const ring = this.#ringOf[series] as number
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
