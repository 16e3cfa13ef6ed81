import type { ReadStore } from '../store/read-store.ts'
import type { StoredUsage } from '../threads/cache-usage.ts'

/** Counting takes at most a fiftieth of this thread, however large the cache is: charts wait for it. */
const restFactor = 50

/** What the tables take, as of the last count. */
export class RecentUsage {
  #last: { readonly zone: string; readonly usage: StoredUsage; readonly until: number } | null = null

  of(zone: 'local' | 'utc', store: () => Pick<ReadStore, 'usage'>): StoredUsage {
    const started = performance.now()
    if (this.#last?.zone === zone && started < this.#last.until) return this.#last.usage
    const usage = store().usage(zone)
    const ended = performance.now()
    this.#last = { zone, usage, until: ended + restFactor * (ended - started) }
    return usage
  }

  /** The data thread opened the cache again: it may be another one. */
  clear(): void {
    this.#last = null
  }
}
