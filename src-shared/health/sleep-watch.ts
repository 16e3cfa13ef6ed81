/** A tick that comes later than this means that the computer slept, or that this process was stopped. */
const sleptMs = 10_000
/** After so many ticks in time, a suspend that was announced did not happen, or its end was never reported. */
const awakeAfterTicks = 30
/** The late tick and the report of the system come from the same wake. */
const sameWakeMs = 5_000

/**
 * Knows whether this computer sleeps, from what the system reports and from ticks that come late: not every system
 * reports it, and a stopped process hears nothing. Times are epoch ms of this computer's clock.
 */
export class SleepWatch {
  #tickAt: number
  #wokeAt = -Infinity
  /** Ticks in time since the system announced that it suspends; `undefined` without that. */
  #ticksSinceSuspend: number | undefined

  constructor(now: number) {
    this.#tickAt = now
  }

  /** The computer is about to sleep, or sleeps. What a clock says about others does not count then. */
  get isSuspended(): boolean {
    return this.#ticksSinceSuspend !== undefined
  }

  /** The system is about to suspend. */
  suspend(): void {
    this.#ticksSinceSuspend = 0
  }

  /** The system has resumed. @returns whether this wake is new: a late tick may have shown it already */
  resume(now: number): boolean {
    const isNew = this.isSuspended || Math.abs(now - this.#wokeAt) > sameWakeMs
    return isNew && this.#woke(now)
  }

  /**
   * Call it about once a second.
   * @param busyMs how long this process was busy since the last tick, for example in a write to a slow disk: no sleep
   * @returns whether the computer has just woken up
   */
  tick(now: number, busyMs = 0): boolean {
    const passedMs = now - this.#tickAt - busyMs
    this.#tickAt = now
    if (passedMs > sleptMs) return this.#woke(now)
    if (this.#ticksSinceSuspend === undefined || ++this.#ticksSinceSuspend < awakeAfterTicks) return false
    return this.#woke(now)
  }

  #woke(now: number): true {
    this.#ticksSinceSuspend = undefined
    this.#tickAt = now
    this.#wokeAt = now
    return true
  }
}
