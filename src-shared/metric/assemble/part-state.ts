import type { CounterValue } from './counter-value.ts'
import { StagedCells } from './staged-cells.ts'

/** Numbers of a slot: raw value, event time (epoch ms), and step (as `CounterValue.stepMs`), side by side. */
export const [rawCell, atCell, stepCell] = [0, 1, 2]
const cellsOfSlot = 3
const empty = [NaN, NaN, 0]

/**
 * The counters of one part in one partition, each in a slot of its own. **Invariant**: a slot never changes its name. A
 * slot whose time is NaN has no value.
 */
export class PartState extends StagedCells {
  readonly #slots = new Map<string, number>()

  constructor() {
    super(0)
  }

  /** Index of the first number of the slot in `now`. */
  slotOf(name: string): number {
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      slot = slotAt(this.#slots.size)
      this.#slots.set(name, slot)
      this.grow(slot + cellsOfSlot, empty)
    }
    return slot
  }

  atOf(slot: number): number {
    return this.now[slot + atCell] as number
  }

  /** As `nextCounter`. */
  put(slot: number, raw: number, at: number): void {
    const { now } = this
    const before = now[slot + atCell] as number
    if (before !== at) now[slot + stepCell] = Number.isNaN(before) ? 0 : at - before
    now[slot + rawCell] = raw
    now[slot + atCell] = at
  }

  restore(values: ReadonlyMap<string, CounterValue>): void {
    for (const [name, { raw, at, stepMs }] of values) {
      const slot = this.slotOf(name)
      this.now.set([raw, at, stepMs], slot)
    }
  }
}

/** The slot of the name that comes as number `n`, from 0. */
export function slotAt(n: number): number {
  return n * cellsOfSlot
}
