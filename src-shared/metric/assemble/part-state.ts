import type { CounterValue } from './counter-value.ts'

/** Raw values before the batch that is not committed yet. */
interface Saved {
  readonly raw: readonly number[]
  readonly at: readonly number[]
  readonly step: readonly number[]
}

/**
 * The counters of one part in one partition, each in a slot of its own. **Invariant**: a slot never changes its name. A
 * slot whose time is NaN has no value.
 */
export class PartState {
  readonly raw: number[] = []
  /** Event time of the raw value, epoch ms. */
  readonly at: number[] = []
  /** As `CounterValue.stepMs`. */
  readonly step: number[] = []
  readonly #slots = new Map<string, number>()
  #saved: Saved | undefined

  slotOf(name: string): number {
    let slot = this.#slots.get(name)
    if (slot === undefined) {
      this.#slots.set(name, (slot = this.raw.length))
      this.raw.push(NaN)
      this.at.push(NaN)
      this.step.push(0)
    }
    return slot
  }

  /** Keeps the state for `rollback`. @returns false if it is kept already */
  stage(): boolean {
    if (this.#saved) return false
    this.#saved = { raw: [...this.raw], at: [...this.at], step: [...this.step] }
    return true
  }

  /** As `nextCounter`. */
  put(slot: number, raw: number, at: number): void {
    const before = this.at[slot] as number
    if (before !== at) this.step[slot] = Number.isNaN(before) ? 0 : at - before
    this.raw[slot] = raw
    this.at[slot] = at
  }

  commit(): void {
    this.#saved = undefined
  }

  rollback(): void {
    if (!this.#saved) return
    const { raw, at, step } = this.#saved
    for (let slot = 0; slot < this.raw.length; slot++) {
      this.raw[slot] = raw[slot] ?? NaN
      this.at[slot] = at[slot] ?? NaN
      this.step[slot] = step[slot] ?? 0
    }
    this.#saved = undefined
  }

  restore(values: ReadonlyMap<string, CounterValue>): void {
    for (const [name, { raw, at, stepMs }] of values) {
      const slot = this.slotOf(name)
      this.raw[slot] = raw
      this.at[slot] = at
      this.step[slot] = stepMs
    }
  }
}
