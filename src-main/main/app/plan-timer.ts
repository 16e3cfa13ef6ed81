/** Longest wait, ms: the clock may be set, and the computer may sleep meanwhile. */
const longestWaitMs = 60_000

/** Calls `onDue` once at the time that was set last. */
export class PlanTimer {
  readonly #now: () => number
  readonly #onDue: () => void
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /** @param now epoch ms */
  constructor(now: () => number, onDue: () => void) {
    this.#now = now
    this.#onDue = onDue
  }

  /** `at`: epoch ms; `Infinity`: never. */
  set(at: number): void {
    clearTimeout(this.#timer)
    if (at === Infinity || this.#isStopped) return
    // Timers may fire up to one millisecond early.
    const ms = Math.min(longestWaitMs, Math.max(0, at - this.#now()) + 1)
    this.#timer = setTimeout(this.#onDue, ms)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }
}
