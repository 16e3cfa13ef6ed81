import { SharedReads } from '../http/shared-reads.ts'

/** Longer than a connection over a slow line takes to open, shorter than orchestrators wait for a probe. */
const answerWithinMs = 4_000

/**
 * Asks a dependency for probes. Requests at the same time share one question, so that probes, which no rate limit holds
 * back, are no load. Every caller is answered within two of its limits, also by a server that is frozen.
 */
export class DependencyProbe<T> {
  readonly #ask: () => Promise<T>
  readonly #shared = new SharedReads<T | undefined>()
  readonly #withinMs: number

  constructor(ask: () => Promise<T>, withinMs = answerWithinMs) {
    this.#ask = ask
    this.#withinMs = withinMs
  }

  /** @returns the answer; `undefined` if there is none in time, or an error */
  get(): Promise<T | undefined> {
    return this.#shared.get('', () => this.#inTime())
  }

  async #inTime(): Promise<T | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), this.#withinMs)))
    try {
      return await Promise.race([this.#ask().catch(() => undefined), late])
    } finally {
      clearTimeout(timer)
    }
  }
}
