import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'

/** Firing alerts and the numbers of pending and unseen ones, for the tray and `/metrics`: a snapshot, then changes. */
export class FiringAlerts {
  pending = 0
  /** Alerts that nobody has looked at here, also resolved ones. */
  unseen = 0
  readonly #alerts = new Map<string, Alert>()

  get list(): readonly Alert[] {
    return [...this.#alerts.values()]
  }

  replace(alerts: readonly Alert[]): void {
    this.#alerts.clear()
    this.change(alerts)
  }

  change(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (alert.phase === 'firing') this.#alerts.set(alert.id, alert)
      else this.#alerts.delete(alert.id)
    }
  }
}

/** Order: critical first, then unacknowledged, then newest. `now`: epoch ms. */
export function worstFirst(alerts: readonly Alert[], now: number): Alert[] {
  const rank = (alert: Alert): number => (alert.severity === 'critical' ? 0 : 2) + (isAcknowledged(alert, now) ? 1 : 0)
  return [...alerts].sort((a, b) => rank(a) - rank(b) || b.openedAt - a.openedAt)
}
