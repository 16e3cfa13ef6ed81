import type { SampleColumns } from '#shared/metric/sample-columns.ts'
import { dayMs } from '#shared/format/time-units.ts'

/** A clock further ahead than this is wrong. It must not create partitions for distant days. */
const aheadMs = dayMs

type Times = Pick<SampleColumns, 'at'>

export interface DayPartitionsDeps {
  /** Creates the partitions of `sample` and `rollup` for the days that begin at these times (epoch ms, UTC). */
  readonly ensure: (days: readonly number[]) => Promise<void>
  readonly rawDays: number
  readonly now: () => number
}

/** Which days are in retention. Creates their partitions on demand. */
export class DayPartitions {
  readonly #deps: DayPartitionsDeps
  readonly #there = new Set<number>()
  #making: Promise<void> = Promise.resolve()

  constructor(deps: DayPartitionsDeps) {
    this.#deps = deps
  }

  /** Days for which samples are kept. */
  get rawDays(): number {
    return this.#deps.rawDays
  }

  /** Epoch ms. */
  now(): number {
    return this.#deps.now()
  }

  /** Returns a filter for times, as of now: not older than the retention, not far ahead. */
  retentionFilter(): (at: number) => boolean {
    const now = this.#deps.now()
    const [from, to] = [now - this.#deps.rawDays * dayMs, now + aheadMs]
    return (at) => at >= from && at <= to
  }

  /** One caller at a time: a table cannot be created twice. */
  ensureFor(batches: readonly Times[]): Promise<void> {
    if (this.#missing(batches).length === 0) return Promise.resolve()
    const made = this.#making.then(() => this.#make(batches))
    this.#making = made.catch(() => undefined)
    return made
  }

  async #make(batches: readonly Times[]): Promise<void> {
    const missing = this.#missing(batches)
    if (missing.length === 0) return
    await this.#deps.ensure(missing)
    for (const day of missing) this.#there.add(day)
  }

  #missing(batches: readonly Times[]): number[] {
    const isKept = this.retentionFilter()
    const missing = new Set<number>()
    for (const { at: times } of batches) {
      for (const at of times) {
        const day = Math.floor(at / dayMs) * dayMs
        if (!this.#there.has(day) && isKept(at)) missing.add(day)
      }
    }
    return [...missing].sort((a, b) => a - b)
  }

  /** A known partition is missing: the retention dropped it. */
  forget(): void {
    this.#there.clear()
  }
}
