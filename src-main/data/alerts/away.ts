import { AwayPeriod, awaySummary, shortestAwayMs, type AwaySummary } from '#shared/alert/away.ts'
import { countedAlerts } from '#shared/alert/inhibit.ts'
import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { DataEvents } from '../../threads/data-calls.ts'
import type { OpenAlerts } from './open-alerts.ts'
import type { Silences } from './silences.ts'

const presenceKey = 'away.present'
const periodKey = 'away.period'
/** How exactly the end of presence is known after a crash. */
const noteEveryMs = minuteMs

export interface AwayDeps {
  readonly store: ConsoleStore
  readonly alerts: Pick<OpenAlerts, 'open' | 'get'>
  readonly silences: Pick<Silences, 'isSilenced'>
  /** Epoch ms. */
  readonly now: () => number
  readonly emit: <K extends keyof DataEvents>(event: K, payload: DataEvents[K]) => void
}

/**
 * What fired while nobody could see this console: closed, asleep, or behind a locked screen. The period stays until it
 * is dismissed, also through a restart; another absence makes it longer.
 */
export class Away {
  readonly #deps: AwayDeps
  #period: AwayPeriod | undefined
  /** The last time at which somebody could see the console, epoch ms. */
  #presentAt: number
  #notedAt = -Infinity
  #isLocked = false
  #isAsleep = false
  #isDirty = true
  #published = 'null'

  constructor(deps: AwayDeps) {
    this.#deps = deps
    const { store } = deps
    const now = deps.now()
    this.#period = readPeriod(store.meta.get(periodKey))
    this.#presentAt = Number(store.meta.get(presenceKey) ?? now)
    this.#returned(now)
  }

  get isAway(): boolean {
    return this.#isLocked || this.#isAsleep
  }

  /** The screen is locked, or unlocked. */
  lock(isLocked: boolean): void {
    this.#change(() => (this.#isLocked = isLocked))
  }

  /** The computer is about to sleep. */
  sleep(): void {
    this.#change(() => (this.#isAsleep = true))
  }

  /** The computer has woken up; the sleep may not have been announced. */
  wake(): void {
    this.#isAsleep = true
    this.#change(() => (this.#isAsleep = false))
  }

  /** Alerts have changed. */
  alertsChanged(): void {
    this.#isDirty = true
  }

  /** Once a second: notes that somebody can see the console, and publishes what has changed. */
  tick(): void {
    const now = this.#deps.now()
    if (!this.isAway) {
      this.#presentAt = now
      if (Math.abs(now - this.#notedAt) >= noteEveryMs) this.#note(now)
    }
    if (!this.#isDirty) return
    this.#isDirty = false
    const summary = this.summary() ?? null
    const text = JSON.stringify(summary)
    if (text === this.#published) return
    this.#published = text
    this.#deps.emit('away.changed', summary)
  }

  summary(): AwaySummary | undefined {
    const { store, alerts, silences, now } = this.#deps
    if (this.#period === undefined || now() - this.#period.to > dayMs) return undefined
    const at = now()
    const firing = countedAlerts(alerts.open(), (alert) => silences.isSilenced(alert, at))
    return awaySummary(this.#period, store.team.alertsOpenedSince(this.#period.from), firing)
  }

  dismiss(): void {
    this.#period = undefined
    this.#deps.store.meta.set(periodKey, '')
    this.#published = 'null'
    this.#deps.emit('away.changed', null)
  }

  /** The thread ends: until now, somebody could see the console. */
  stop(): void {
    if (!this.isAway) this.#note(this.#deps.now())
  }

  #change(change: () => void): void {
    const wasAway = this.isAway
    change()
    if (wasAway && !this.isAway) this.#returned(this.#deps.now())
    else if (!wasAway && this.isAway) this.#note(this.#deps.now())
  }

  #returned(now: number): void {
    const from = this.#presentAt
    this.#presentAt = now
    if (now - from < shortestAwayMs) return
    this.#period = { from: this.#unread?.from ?? from, to: now }
    this.#deps.store.meta.set(periodKey, JSON.stringify(this.#period))
    this.#isDirty = true
  }

  /** An earlier absence in which something fired, and which nobody dismissed. */
  get #unread(): AwayPeriod | undefined {
    return this.summary() === undefined ? undefined : this.#period
  }

  #note(now: number): void {
    this.#presentAt = now
    this.#notedAt = now
    this.#deps.store.meta.set(presenceKey, String(now))
  }
}

function readPeriod(text: string | undefined): AwayPeriod | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return AwayPeriod.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
