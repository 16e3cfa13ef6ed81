import { setTimeout } from 'node:timers/promises'
import { nextStep, spaceLimits } from '#shared/retention/retention.ts'
import type { Log } from '#shared/log.ts'
import type { ConsoleStore } from '../store/console-store.ts'
import type { DropSlice } from '../store/heads/staged-drop.ts'
import type { StoreNotice } from '../store/store-types.ts'
import type { CacheRetention } from './cache-retention.ts'

const upkeepEveryMs = 10_000
const retentionEveryMs = 3_600_000
/** A slice of a deletion, once a second: records wait that long, and 8 MB go. */
const slice: DropSlice = { chunks: 2000, ms: 20 }
/** Milliseconds of giving space back, and between two of them when a person waits for it. */
const giveBackMs = 20
const compactPauseMs = 30
/** Key of the time of the last compaction. */
const compactedKey = 'cache.compacted-at'

export interface CacheMaintenanceDeps {
  readonly store: Pick<ConsoleStore, 'dropBefore' | 'dropOldest' | 'maintain' | 'meta' | 'samples' | 'space'>
  readonly retention: CacheRetention
  readonly log: Log
  readonly now: () => number
}

/** Keeps the cache within its limits. Each tick deletes one slice of old data, so that records never wait long. */
export class CacheMaintenance {
  readonly #deps: CacheMaintenanceDeps
  #nextUpkeep = 0
  #nextRetention = 0
  #nextSpace = 0
  #isTooSmall = false
  #compaction: Promise<{ readonly before: number; readonly after: number }> | undefined

  constructor(deps: CacheMaintenanceDeps) {
    this.#deps = deps
    deps.retention.onChange(() => this.#useLimits())
    this.#useLimits()
  }

  tick(): void {
    const { store, retention, log, now } = this.#deps
    const at = now()
    // If the clock was set back, these times would lie too far in the future.
    this.#nextUpkeep = Math.min(this.#nextUpkeep, at + upkeepEveryMs)
    this.#nextRetention = Math.min(this.#nextRetention, at + retentionEveryMs)
    this.#nextSpace = Math.min(this.#nextSpace, at + upkeepEveryMs)
    try {
      if (at >= this.#nextUpkeep) {
        this.#nextUpkeep = at + upkeepEveryMs
        store.maintain()
      }
      if (at >= this.#nextRetention) {
        if (!store.dropBefore(retention.oldest(at), slice)) this.#nextRetention = at + retentionEveryMs
      } else if (at >= this.#nextSpace) this.#keepWithinSize(at)
    } catch (cause) {
      this.#nextRetention = at + upkeepEveryMs
      this.#nextSpace = at + upkeepEveryMs
      log.warn('cache maintenance failed', { cause })
    }
  }

  /** Says that the limit of size cannot be kept. */
  notices(): StoreNotice[] {
    if (!this.#isTooSmall) return []
    const limit = (this.#deps.retention.limits.bytes / 1e9).toLocaleString('en-US', { maximumFractionDigits: 1 })
    const text =
      `The cache takes more than its limit of ${limit} GB, and no older samples are left to delete. ` +
      'Raise the limit in Settings, Data.'
    return [{ id: 'cache-limit', severity: 'warning', text }]
  }

  /** When the last compaction ended, epoch ms; `null` if there was none. */
  get compactedAt(): number | null {
    const at = this.#deps.store.meta.get(compactedKey)
    return at === undefined ? null : Number(at)
  }

  /**
   * Gives all free space of the files back, in slices of 20 ms between which records are stored. A second call waits
   * for the first.
   * @returns bytes of the files before and after
   */
  compact(): Promise<{ readonly before: number; readonly after: number }> {
    return (this.#compaction ??= this.#compact().finally(() => {
      this.#compaction = undefined
    }))
  }

  async #compact(): Promise<{ readonly before: number; readonly after: number }> {
    const { store, now } = this.#deps
    const before = store.space.sizes().onDisk
    while (store.space.giveBack(Infinity, giveBackMs)) await setTimeout(compactPauseMs)
    store.meta.set(compactedKey, String(now()))
    store.space.emptyWal()
    return { before, after: store.space.sizes().onDisk }
  }

  #useLimits(): void {
    const { store, retention } = this.#deps
    const { log } = spaceLimits(retention.limits)
    store.space.limitWal(log)
    store.samples.limitJournal(log)
    this.#nextRetention = 0
    this.#nextSpace = 0
  }

  #keepWithinSize(at: number): void {
    const { store, retention } = this.#deps
    const step = nextStep(store.space.sizes(), retention.limits)
    this.#isTooSmall &&= step.kind === 'drop'
    if (step.kind === 'drop' && store.dropOldest(step.bytes, slice) === 0) {
      this.#isTooSmall = true
      this.#nextSpace = at + upkeepEveryMs
    } else if (step.kind === 'give back') {
      // A file that cannot shrink is looked at again later.
      if (!store.space.giveBack(step.bytes, giveBackMs)) this.#nextSpace = at + upkeepEveryMs
    } else if (step.kind === 'empty log') {
      store.space.emptyWal()
      this.#nextSpace = at + upkeepEveryMs
    }
  }
}
