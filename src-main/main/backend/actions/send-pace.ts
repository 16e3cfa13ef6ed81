/** A backend accepts 100 requests a second of one address, over ten seconds. Several consoles can share an address. */
const perSecond = 50
/** So many at once: what one person does together is sent at once. */
const burst = 200

/** How fast actions are sent: a burst, then 50 a second. 500 acknowledgements take about 6 seconds. */
export class SendPace {
  readonly #now: () => number
  #left = burst
  #countedAt: number
  #pausedUntil = -Infinity

  /** `now`: epoch ms. */
  constructor(now: () => number) {
    this.#now = now
    this.#countedAt = now()
  }

  /** Milliseconds until the next action may be sent; 0: now. */
  waitMs(): number {
    const now = this.#now()
    // A clock that was set back neither adds nor takes.
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#countedAt) * perSecond) / 1000)
    this.#countedAt = now
    const pause = this.#pausedUntil - now
    if (pause > 0) return pause
    return this.#left >= 1 ? 0 : ((1 - this.#left) * 1000) / perSecond
  }

  sent(): void {
    this.#left--
  }

  /** The backend asks to wait. */
  pause(ms: number): void {
    this.#pausedUntil = this.#now() + ms
  }
}
