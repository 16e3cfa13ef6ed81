import { createSubscriber } from 'svelte/reactivity'
import { whileVisible } from './while-visible.ts'

/** The window's clock: one tick per second while something reads it and the window is visible. Ages and durations derive from `now`. */
export class Clock {
  readonly #read: () => number
  readonly #track: () => void
  #now: number

  constructor(read: () => number = Date.now) {
    this.#read = read
    this.#now = read()
    this.#track = createSubscriber((update) =>
      whileVisible(1000, () => {
        this.#now = this.#read()
        update()
      }),
    )
  }

  /** The exact time, read again at every tick: for ages in tenths of a second. */
  get exact(): number {
    this.#track()
    return this.#read()
  }

  /** Epoch ms, without following the ticks. */
  get untracked(): number {
    return this.#read()
  }

  /** Epoch ms: of the last tick in an effect or derived value, otherwise exact. */
  get now(): number {
    this.#track()
    if (!$effect.tracking()) return this.#read()
    if (this.#read() - this.#now > 1500) this.#now = this.#read()
    return this.#now
  }
}
