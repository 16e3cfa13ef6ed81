import type { Log } from './log.ts'

/** Stops its services in reverse order, once, even if one of them fails. */
export class Lifetime {
  readonly #log: Log
  readonly #stack: Array<{ readonly name: string; readonly stop: () => void | Promise<void> }> = []

  constructor(log: Log) {
    this.#log = log
  }

  /** Keeps `service` until `end` and returns it. */
  own<T>(name: string, service: T, stop: (service: T) => void | Promise<void>): T {
    this.#stack.push({ name, stop: () => stop(service) })
    return service
  }

  async end(): Promise<void> {
    for (let next = this.#stack.pop(); next; next = this.#stack.pop()) {
      try {
        await next.stop()
      } catch (cause) {
        this.#log.error('stop failed', { service: next.name, cause })
      }
    }
  }
}
