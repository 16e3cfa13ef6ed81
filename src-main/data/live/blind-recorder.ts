import { minuteMs } from '#shared/format/time-units.ts'
import { isBlindAlertDue } from '#shared/health/assess-health.ts'
import type { Health } from '#shared/health/health.ts'
import type { BlindStore } from '../../store/groups/blind-store.ts'
import type { BlindPeriod } from '../../store/store-types.ts'

/** How often it is stored that this console runs. After a crash, this is the error of the end. */
const aliveEveryMs = minuteMs
/** A longer pause between two runs is in the history. It is above the error of its begin. */
const awayAfterMs = 2 * minuteMs
/** A longer time between two ticks is in the history. */
const asleepAfterMs = minuteMs

export const notRunning = 'ReMo was not running.'
export const asleep = 'This computer was asleep.'

export interface BlindRecorderDeps {
  readonly store: Pick<BlindStore, 'lasting' | 'save' | 'aliveAt' | 'setAliveAt'>
  /** Before the first sample, nothing is watched: no connection, or one that never worked. */
  readonly hasSamples: () => boolean
}

/**
 * Stores when monitoring was blind and why, for the history: while the health is blind, by the same limit as the
 * notification, while ReMo did not run, and while the computer slept. A write that fails is tried again at the next
 * tick. Times are epoch ms of this computer's clock.
 */
export class BlindRecorder {
  readonly #deps: BlindRecorderDeps
  #lasting: BlindPeriod | undefined
  #tickAt: number | undefined
  #aliveAt = -Infinity
  /** End of the last period: the next one begins after it. */
  #endedAt = -Infinity

  constructor(deps: BlindRecorderDeps) {
    this.#deps = deps
  }

  /** What the last run left: it ended when it was last known to run. */
  start(now: number): void {
    if (!this.#deps.hasSamples()) return
    const { store } = this.#deps
    const aliveAt = Math.min(store.aliveAt() ?? now, now)
    const lasting = store.lasting()
    const ended = lasting && { ...lasting, to: Math.max(lasting.from, aliveAt) }
    const away = { from: Math.max(aliveAt, ended?.to ?? aliveAt), to: now, cause: notRunning }
    const isAway = away.to - away.from >= awayAfterMs
    store.save(...(ended ? [ended] : []), ...(isAway ? [away] : []))
    this.#endedAt = isAway ? now : (ended?.to ?? -Infinity)
    this.#tickAt = now
    this.#keepAlive(now)
  }

  /** Call it about once a second. @throws StorageError */
  tick(health: Health, now: number): void {
    if (!this.#deps.hasSamples()) return
    const before = Math.min(this.#tickAt ?? now, now)
    this.#tickAt = now
    if (this.#lasting && this.#lasting.from > now) this.#forget(this.#lasting)
    this.#endedAt = Math.min(this.#endedAt, now)
    if (now - before >= asleepAfterMs && !this.#lasting) this.#save({ from: before, to: now, cause: asleep })
    if (health.kind !== 'blind') this.#end(now)
    else if (!this.#lasting) this.#begin(health, now)
    if (Math.abs(now - this.#aliveAt) >= aliveEveryMs) this.#keepAlive(now)
  }

  stop(now: number): void {
    if (this.#deps.hasSamples()) this.#keepAlive(now)
  }

  #begin(health: Extract<Health, { kind: 'blind' }>, now: number): void {
    const from = Math.max(health.since, this.#endedAt)
    if (!isBlindAlertDue({ ...health, since: from }, now)) return
    const period = { from, to: null, cause: health.detail }
    this.#deps.store.save(period)
    this.#lasting = period
  }

  #end(now: number): void {
    if (!this.#lasting) return
    this.#save({ ...this.#lasting, to: now })
    this.#lasting = undefined
  }

  /** The clock was set back before its begin: it has no length. */
  #forget(period: BlindPeriod): void {
    this.#deps.store.save({ ...period, to: period.from })
    this.#lasting = undefined
  }

  #save(period: BlindPeriod & { readonly to: number }): void {
    this.#deps.store.save(period)
    this.#endedAt = period.to
  }

  #keepAlive(now: number): void {
    this.#deps.store.setAliveAt(now)
    this.#aliveAt = now
  }
}
