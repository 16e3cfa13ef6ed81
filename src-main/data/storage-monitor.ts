import { StorageError } from '../store/errors.ts'
import { CallError } from '../threads/call-error.ts'

export interface StorageMonitorDeps {
  /** The problem began, changed or, with `undefined`, went away. */
  readonly changed: (problem: string | undefined) => void
  /** The store is not to be trusted any more: this thread has to end, the next one opens the file afresh. */
  readonly fatal: (error: unknown) => void
}

/** Knows whether the disk takes what it is given. Only a full or failing disk passes by itself. */
export class StorageMonitor {
  readonly #deps: StorageMonitorDeps
  #problem: string | undefined

  constructor(deps: StorageMonitorDeps) {
    this.#deps = deps
  }

  /** One sentence for the operator while nothing can be stored. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Runs a write and throws what it throws, having noted it. */
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

  /** A write that a person asked for: it is refused with a sentence while the disk does not take it. */
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
