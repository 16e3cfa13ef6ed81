import { keptRecords } from './equal-times.ts'
import type { HeadCopy, SharedHead } from '../../threads/read-calls.ts'

/** Two numbers of 32 bits before the rows: the number of records, and 1 when other memory has newer records. */
const countIndex = 0
const replacedIndex = 1
const controlBytes = 8

/**
 * Rows of a head in memory that the read thread also sees, so that a chart never waits for a transaction.
 * **Invariant:** rows below the published count never change, so they are read without a lock.
 */
export class SharedRows {
  readonly memory: SharedArrayBuffer
  readonly rows: Float64Array
  readonly #control: Int32Array

  constructor(numbers: number) {
    this.memory = new SharedArrayBuffer(controlBytes + numbers * 8)
    this.#control = new Int32Array(this.memory, 0, 2)
    this.rows = new Float64Array(this.memory, controlBytes)
  }

  /** The rows before it belong to the head. Write them before this call. */
  publish(count: number): void {
    Atomics.store(this.#control, countIndex, count)
  }

  /** Other memory has newer records from now on. Readers ask for it. */
  replace(): void {
    Atomics.store(this.#control, replacedIndex, 1)
  }
}

/** Whether the memory still gets the part's new records. */
export function isCurrent({ memory }: SharedHead): boolean {
  return Atomics.load(new Int32Array(memory, 0, 2), replacedIndex) === 0
}

/** A copy of the records so far, without those that a later one with the same time replaces. `wanted`: only these metrics of the head; all if not given. */
export function copyOfHead({ ordinal, metrics, memory }: SharedHead, wanted: readonly string[] = metrics): HeadCopy {
  const count = Atomics.load(new Int32Array(memory, 0, 2), countIndex)
  const rows = new Float64Array(memory, controlBytes)
  const width = metrics.length + 1
  const copied = wanted === metrics ? metrics : metrics.filter((metric) => wanted.includes(metric))
  const times = new Float64Array(count)
  for (let i = 0; i < count; i++) times[i] = rows[i * width] as number
  const kept = keptRecords(times)
  const at = kept ? Float64Array.from(kept, (i) => times[i] as number) : times
  const values = new Float64Array(at.length * copied.length)
  copied.forEach((metric, m) => {
    const place = metrics.indexOf(metric) + 1
    for (let i = 0; i < at.length; i++) {
      const row = kept ? (kept[i] as number) : i
      values[i * copied.length + m] = rows[row * width + place] as number
    }
  })
  return { ordinal, metrics: copied, at, values }
}
