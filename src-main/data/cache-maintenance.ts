import type { Log } from '#shared/log.ts'
import type { ConsoleStore } from '../store/console-store.ts'

const upkeepEveryMs = 10_000
const retentionEveryMs = 3_600_000
/** Retention of the cache: twice the longest range on screen, and the time that resolved alerts stay listed. */
export const retentionDays = 14
export const retentionMs = retentionDays * 86_400_000

export interface CacheMaintenanceDeps {
  readonly store: Pick<ConsoleStore, 'dropBefore' | 'maintain'>
  readonly log: Log
  readonly now: () => number
}

/** Keeps the cache small. Drops one slice of old data per tick, so that records never wait long. */
export class CacheMaintenance {
  readonly #deps: CacheMaintenanceDeps
  #nextUpkeep = 0
  #nextRetention = 0

  constructor(deps: CacheMaintenanceDeps) {
    this.#deps = deps
  }

  tick(): void {
    const { store, log, now } = this.#deps
    const at = now()
    // If the clock was set back, these times would lie too far in the future.
    this.#nextUpkeep = Math.min(this.#nextUpkeep, at + upkeepEveryMs)
    this.#nextRetention = Math.min(this.#nextRetention, at + retentionEveryMs)
    try {
      if (at >= this.#nextUpkeep) {
        this.#nextUpkeep = at + upkeepEveryMs
        store.maintain()
      }
      if (at >= this.#nextRetention && !store.dropBefore(at - retentionMs)) this.#nextRetention = at + retentionEveryMs
    } catch (cause) {
      this.#nextRetention = at + upkeepEveryMs
      log.warn('cache maintenance failed', { cause })
    }
  }
}
