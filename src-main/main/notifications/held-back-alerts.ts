import type { BlindPeriod } from '#shared/notification/blind-period.ts'
import type { HeldBack } from '#shared/notification/notification-plan.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { HeldBackCounts, NotificationPause } from './notification-pause.ts'

/** Remembers what do not disturb held back, until its digest was shown. */
export class HeldBackAlerts {
  readonly #pause: NotificationPause
  readonly #counted = new Set<string>()
  #blind: BlindPeriod[] = []
  #isDue: boolean
  /** When do not disturb that is on ends, or the last one ended. Epoch ms; `undefined`: it was not on in this run. */
  #until: number | undefined

  constructor(pause: NotificationPause) {
    this.#pause = pause
    this.#isDue = pause.isDigestDue
  }

  /** Counts what is held back for the first time. Call it with all that is held back now, at `now` (epoch ms). */
  note(held: readonly QueuedNotification[], now: number): void {
    const { until } = this.#pause.inForce
    if (until !== undefined) {
      this.#isDue = true
      this.#until = until
    } else if (this.#until !== undefined) this.#until = Math.min(this.#until, now)
    for (const { alert, transition } of held) {
      const key = `${alert.id} ${transition}`
      if (this.#counted.has(key)) continue
      this.#counted.add(key)
      if (alert.severity !== 'info') this.#pause.count(alert.severity)
    }
  }

  addBlind(period: BlindPeriod): void {
    this.#blind.push(period)
  }

  counts(held: readonly QueuedNotification[]): HeldBackCounts {
    const alerts = new Map(held.map(({ alert }) => [alert.id, alert.severity]))
    const critical = [...alerts.values()].filter((severity) => severity === 'critical').length
    const warning = [...alerts.values()].filter((severity) => severity === 'warning').length
    return { critical, warning, blind: this.#blind.length }
  }

  /** The digest to plan: it is due once, after do not disturb has ended. */
  get due(): HeldBack | undefined {
    return this.#isDue && !this.#isOn ? { blind: this.#blind, forMs: this.#forMs } : undefined
  }

  /** What was planned is on the screen. */
  done(): void {
    if (!this.#isDue || this.#isOn) return
    this.#isDue = false
    this.#until = undefined
    this.#blind = []
    this.#counted.clear()
    this.#pause.digestDone()
  }

  get #isOn(): boolean {
    return this.#pause.inForce.until !== undefined
  }

  get #forMs(): number | undefined {
    const { heldSince } = this.#pause
    if (heldSince === undefined || this.#until === undefined || this.#until < heldSince) return undefined
    return this.#until - heldSince
  }
}
