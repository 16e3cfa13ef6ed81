import type { Sample } from '#shared/metric/sample.ts'
import { dayMs } from '#shared/format/time-units.ts'

/** A clock that is further ahead than this is wrong, and would make partitions for days that nobody will see. */
const aheadMs = dayMs

export interface DayPartitionsDeps {
  /** Makes the partitions of `sample` and `rollup` for the days that begin at these times (epoch ms, UTC). */
  readonly ensure: (days: readonly number[]) => Promise<void>
  readonly rawDays: number
  readonly now: () => number
}

/** Which days samples are kept of, and that each of them has its partitions. */
export class DayPartitions {
  readonly #deps: DayPartitionsDeps
  readonly #there = new Set<number>()
  #making: Promise<void> = Promise.resolve()

  constructor(deps: DayPartitionsDeps) {
    this.#deps = deps
  }

  /** Tells, as of now, which times are kept: not older than the retention, not far ahead. */
  retentionFilter(): (at: number) => boolean {
    const now = this.#deps.now()
    const [from, to] = [now - this.#deps.rawDays * dayMs, now + aheadMs]
    return (at) => at >= from && at <= to
  }

  /** One caller after the other: a table cannot be made twice at once. */
  ensureFor(samples: readonly Sample[]): Promise<void> {
    if (this.#missing(samples).length === 0) return Promise.resolve()
    const made = this.#making.then(() => this.#make(samples))
    this.#making = made.catch(() => undefined)
    return made
  }

  async #make(samples: readonly Sample[]): Promise<void> {
    const missing = this.#missing(samples)
    if (missing.length === 0) return
    await this.#deps.ensure(missing)
    for (const day of missing) this.#there.add(day)
  }

  #missing(samples: readonly Sample[]): number[] {
    const isKept = this.retentionFilter()
    const missing = new Set<number>()
    for (const { at } of samples) {
      const day = Math.floor(at / dayMs) * dayMs
      if (!this.#there.has(day) && isKept(at)) missing.add(day)
    }
    return [...missing].sort((a, b) => a - b)
  }

  /** A partition was missing that was there: the retention took it. */
  forget(): void {
    this.#there.clear()
  }
}
