import { apiError } from './fail.ts'

/** So many at once and no more: what streams for minutes holds a connection to PostgreSQL, and others need some too. */
export class StreamLimit {
  readonly #what: string
  readonly #most: number
  #taken = 0

  constructor(what: string, most: number) {
    this.#what = what
    this.#most = most
  }

  /**
   * Until the client is gone or has its answer.
   * @throws ApiError `too_many_requests`
   */
  acquire(until: AbortSignal): void {
    if (until.aborted) return // what is read for nobody ends by itself
    if (this.#taken >= this.#most) {
      const detail = `${this.#most} ${this.#what} are already running. Try again later.`
      throw apiError('too_many_requests', detail, { retryAfterSeconds: 10 })
    }
    this.#taken += 1
    until.addEventListener('abort', () => (this.#taken -= 1), { once: true })
  }
}
