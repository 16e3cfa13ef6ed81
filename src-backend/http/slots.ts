import { fail } from './fail.ts'

/** So many at once and no more: what streams for minutes holds a connection to PostgreSQL, and others need some too. */
export class Slots {
  readonly #what: string
  readonly #most: number
  #taken = 0

  constructor(what: string, most: number) {
    this.#what = what
    this.#most = most
  }

  /** @returns gives it back; @throws Failure `too_many_requests` */
  take(): () => void {
    if (this.#taken >= this.#most) {
      const detail = `${this.#most} ${this.#what} are running already; try again when one of them is through.`
      throw fail('too_many_requests', detail, { retryAfterSeconds: 10 })
    }
    this.#taken += 1
    let isBack = false
    return () => {
      if (!isBack) this.#taken -= 1
      isBack = true
    }
  }
}
