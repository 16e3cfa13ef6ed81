import { StorageError } from '../store/errors.ts'
import { CallError } from '../threads/call-error.ts'

export interface StorageMonitorDeps {
  /** The problem began or changed. `undefined`: the disk works again. */
  readonly changed: (problem: string | undefined) => void
  /** The store can no longer be trusted. The thread must stop; the next one opens the file again. */
  readonly fatal: (error: unknown) => void
}

/** Tracks whether the disk accepts writes. Only a full or failing disk can recover; any other error is fatal. */
export class StorageMonitor {
  readonly #deps: StorageMonitorDeps
  #problem: string | undefined

  constructor(deps: StorageMonitorDeps) {
    this.#deps = deps
  }

  /** The sentence for the operator while nothing can be stored. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Runs a write. Records its error and throws it again. */
  write<T>(work: () => T): T {
    try {
      const value = work()
      this.#become(undefined)
      return value
    } catch (error) {
      if (error instanceof StorageError) this.#become(error.message)
      else this.#deps.fatal(error)
      throw error
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
