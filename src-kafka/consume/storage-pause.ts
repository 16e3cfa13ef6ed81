import { PositionMovedError, HandlerError } from '../client/kafka-failure.ts'
import type { StoreResult } from '../stream.ts'

/** A full disk stays full for a while. */
const retryAfterMs = 10_000

export interface PauseHooks {
  /** Stops fetching, but stays in the group. */
  readonly pause: () => void
  readonly resume: () => void
  /** Called with each failure, and with `undefined` at the first success after one. */
  readonly changed: (failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined) => void
  readonly now: () => number
  readonly retryAfterMs?: number
}

/**
 * Pauses reading while storage fails (a full disk), but keeps the connection. The position stays, and the same records
 * are tried again every 10 s.
 */
export class StoragePause {
  readonly #hooks: PauseHooks
  #timer: NodeJS.Timeout | undefined
  #failed = false
  #isStopped = false

  constructor(hooks: PauseHooks) {
    this.#hooks = hooks
  }

  get isPaused(): boolean {
    return this.#timer !== undefined
  }

  /**
   * A failure pauses reading.
   * @returns whether the work was done; a promise only if the work returns one
   * @throws PositionMovedError if the work throws it: storage works
   */
  store(work: () => StoreResult): boolean | Promise<boolean> {
    try {
      const done = work()
      if (done) return this.#await(done)
    } catch (cause) {
      return this.#failedBy(cause)
    }
    return this.#succeeded()
  }

  /** Tries immediately if paused. */
  retryNow(): void {
    if (!this.isPaused) return
    this.#clearTimer()
    this.#hooks.resume()
  }

  /** Ignores later failures. The next session may have begun and would not learn of a success. */
  stop(): void {
    this.#isStopped = true
    this.#clearTimer()
  }

  #clearTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #await(done: Promise<void>): Promise<boolean> {
    try {
      await done
    } catch (cause) {
      return this.#failedBy(cause)
    }
    return this.#succeeded()
  }

  #succeeded(): true {
    // a success while paused began before another attempt failed
    if (this.#failed && !this.isPaused && !this.#isStopped) {
      this.#failed = false
      this.#hooks.changed(undefined)
    }
    return true
  }

  #failedBy(cause: unknown): false {
    if (cause instanceof PositionMovedError) throw cause
    this.#pause(new HandlerError(cause instanceof Error ? cause.message : String(cause), { cause }))
    return false
  }

  #pause(cause: HandlerError): void {
    this.#failed = true
    if (this.isPaused || this.#isStopped) return
    const waitMs = this.#hooks.retryAfterMs ?? retryAfterMs
    this.#hooks.pause()
    this.#timer = setTimeout(() => this.retryNow(), waitMs)
    this.#hooks.changed({ cause, retryAt: this.#hooks.now() + waitMs })
  }
}
