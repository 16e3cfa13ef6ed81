import type { HealthReport } from '#shared/ipc/contract.ts'
import { CurrentHealth } from './current-health.ts'
import type { Notice } from './current-health.ts'

/**
 * The health that window, tray and `/metrics` show: that of the connection in use, with the notices of the app. Between
 * two connections the console is blind.
 */
export class AppHealth {
  readonly #listeners = new Set<(report: HealthReport) => void>()
  readonly #notices = new Map<string, Notice>()
  #followed: CurrentHealth

  /** `now`: epoch ms of the start. */
  constructor(now: number) {
    this.#followed = new CurrentHealth(now)
  }

  get report(): HealthReport {
    const { report } = this.#followed
    return { ...report, notices: [...report.notices, ...this.#notices.values()] }
  }

  onChange(listener: (report: HealthReport) => void): void {
    this.#listeners.add(listener)
  }

  /** From now on shows the health of this connection. */
  follow(health: CurrentHealth): void {
    this.#followed = health
    health.onChange(() => {
      if (this.#followed === health) this.#changed()
    })
    this.#changed()
  }

  /** No connection is open. `why`: one sentence. `now`: epoch ms. */
  showNone(now: number, why: string): void {
    this.follow(new CurrentHealth(now, why))
  }

  /** Adds a notice of the app, or replaces the one with the same id. It stays when the connection changes. */
  addNotice(notice: Notice): void {
    this.#notices.set(notice.id, notice)
    this.#changed()
  }

  clearNotice(id: string): void {
    if (this.#notices.delete(id)) this.#changed()
  }

  #changed(): void {
    const { report } = this
    for (const listener of this.#listeners) listener(report)
  }
}
