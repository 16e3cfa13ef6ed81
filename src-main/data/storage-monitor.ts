import { StorageError } from '../store/errors.ts'
import { CallError } from '../threads/call-error.ts'

export interface StorageMonitorDeps {
  /** The problem began or changed. `undefined`: the disk works again. */
  readonly changed: (problem: string | undefined) => void
  /** The store can no longer be trusted. The thread must stop; the next one opens the file again. */
  readonly fatal: (error: unknown) => void
  /** Epoch ms. */
  readonly now: () => number
}

/** Tracks whether the disk accepts writes. Only a full or failing disk can recover; any other error is fatal. */
export class StorageMonitor {
  readonly #deps: StorageMonitorDeps
  #problem: string | undefined
  #writingMs = 0

  constructor(deps: StorageMonitorDeps) {
    this.#deps = deps
  }

  /** The sentence for the operator while nothing can be stored. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** How long the writes since the last call took: on a slow disk, a minute is possible. */
  takeWritingMs(): number {
    const taken = this.#writingMs
    this.#writingMs = 0
    return taken
  }

  /** Runs a write. Records its error and throws it again. */
  write<T>(work: () => T): T {
    const { now, fatal } = this.#deps
    const from = now()
    try {
      const value = work()
      this.#become(undefined)
      return value
    } catch (error) {
      if (error instanceof StorageError) this.#become(error.message)
      else fatal(error)
      throw error
    } finally {
      this.#writingMs += Math.max(0, now() - from)
    }
  }

  /** Runs a write that an operator requested. Throws `CallError` (unavailable) if the disk refuses it. */
  reply<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      this.#become(error.message)
      throw new CallError('unavailable', error.message, { cause: error })
    }
  }

  #become(problem: string | undefined): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#deps.changed(problem)
  }
}
