import { PositionMovedError, HandlerError } from '../client/kafka-failure.ts'
import type { StoreResult } from '../stream.ts'

/** For a disk that is full: it stays so for a while. */
const retryAfterMs = 10_000

export interface PauseHooks {
  /** Stops fetching without leaving the group. */
  readonly pause: () => void
  readonly resume: () => void
  /** Told of each failure and, with undefined, of the first success after one. */
  readonly changed: (failed: { readonly cause: HandlerError; readonly retryAt: number } | undefined) => void
  readonly now: () => number
  readonly retryAfterMs?: number
}

/**
 * Storage that fails (a full disk) stops reading, not the connection: nothing is read on, the position stays, and the
 * same records are tried again each 10 s.
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
   * @returns whether the work was done, at once where the work is done at once; a failure pauses
   * @throws PositionMoved when the work throws it: storage is well
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

  /** Tries at once when paused. */
  retryNow(): void {
    if (!this.isPaused) return
    this.#clearTimer()
    this.#hooks.resume()
  }

  /** What fails from now on is the next session's to find out: it may have begun, and nobody would tell it of a success. */
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
    // while paused, what succeeds was under way when another attempt failed
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
