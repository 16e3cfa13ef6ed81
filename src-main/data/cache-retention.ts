import { dayMs } from '#shared/format/time-units.ts'
import { defaultRetention, type Retention } from '#shared/retention/retention.ts'

/** The limits in force. Everything of the data thread asks here, because a change holds at once. */
export class CacheRetention {
  #limits: Retention
  readonly #listeners = new Set<() => void>()

  constructor(limits: Retention = defaultRetention) {
    this.#limits = limits
  }

  get limits(): Retention {
    return this.#limits
  }

  /** Event time of the oldest sample that is kept, epoch ms. */
  oldest(now: number): number {
    return now - this.#limits.days * dayMs
  }

  set(limits: Retention): void {
    this.#limits = limits
    for (const listener of this.#listeners) listener()
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }
}
