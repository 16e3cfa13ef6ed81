import { StorageError } from './failure.ts'

const retryAfterMs = 10_000

export interface PauseHooks {
  /** Stops fetching without leaving the group. */
  readonly pause: () => void
  readonly resume: () => void
  /** Told of each failure and, with undefined, of the first success after one. */
  readonly changed: (failed: { readonly cause: StorageError; readonly retryAt: number } | undefined) => void
  readonly now: () => number
}

/**
 * Storage that fails (a full disk) stops reading, not the connection: nothing is read on, the position stays, and the
 * same records are tried again each 10 s.
 */
export class StoragePause {
  readonly #hooks: PauseHooks
  #timer: NodeJS.Timeout | undefined
  #failed = false

  constructor(hooks: PauseHooks) {
    this.#hooks = hooks
  }

  get isPaused(): boolean {
    return this.#timer !== undefined
  }

  /** @returns whether the work was done; a failure pauses */
  attempt(work: () => void): boolean {
    try {
      work()
    } catch (cause) {
      this.#pause(new StorageError(cause instanceof Error ? cause.message : String(cause), { cause }))
      return false
    }
    if (this.#failed) {
      this.#failed = false
      this.#hooks.changed(undefined)
    }
    return true
  }

  /** Tries at once when paused. */
  retryNow(): void {
    if (!this.isPaused) return
    this.end()
    this.#hooks.resume()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #pause(cause: StorageError): void {
    this.#failed = true
    if (this.isPaused) return
    this.#hooks.pause()
    this.#timer = setTimeout(() => this.retryNow(), retryAfterMs)
    this.#hooks.changed({ cause, retryAt: this.#hooks.now() + retryAfterMs })
  }
}
