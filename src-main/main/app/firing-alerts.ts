import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import { type Alert, ownRuleIds } from '#shared/alert/alert.ts'
import { blindAlertOf } from '#shared/own/own-alerts.ts'
import { compareSeverities } from '#shared/alert/severity.ts'
import { noSilences, silenceIndex } from '#shared/silence/silence-index.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { silencedNow } from '#shared/silence/silenced-now.ts'

/**
 * Firing alerts, which of them are silenced, and the numbers of pending and unseen ones, for the tray, popups and
 * `/metrics`: a snapshot, then changes.
 */
export class FiringAlerts {
  pending = 0
  readonly #alerts = new Map<string, Alert>()
  readonly #now: () => number
  #isSilenced = silencedNow(noSilences)
  #unseen: ReadonlySet<string> = new Set()

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether a silence matches the alert now. */
  readonly isSilenced = (alert: Alert): boolean => this.#isSilenced(alert, this.#now())

  /** Of the alerts that nobody has looked at here, also resolved ones. */
  get unseenIds(): readonly string[] {
    return [...this.#unseen]
  }

  /** Whether nobody has opened or acknowledged the alert here. */
  readonly isUnseen = (alertId: string): boolean => this.#unseen.has(alertId)

  /** All alerts that nobody has looked at. */
  setUnseen(ids: readonly string[]): void {
    this.#unseen = new Set(ids)
  }

  /** All silences of the connection. */
  silence(silences: readonly Silence[]): void {
    this.#isSilenced = silencedNow(silenceIndex(silences))
  }

  /** Whether the operator has acknowledged or silenced that monitoring is blind, also before it is an alert. */
  get isBlindMuted(): boolean {
    const blind = this.list.find(({ kind }) => kind === 'blind') ?? nextBlind
    return this.isSilenced(blind) || isAcknowledged(blind, this.#now())
  }

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

/** What silences see of the next blindness. */
const nextBlind = blindAlertOf({ id: ownRuleIds.blind, since: 0, now: 0, cause: '' })

/** Order: worst first, then unacknowledged, then newest. `now`: epoch ms. */
export function worstFirst(alerts: readonly Alert[], now: number): Alert[] {
  const acknowledged = (alert: Alert): number => (isAcknowledged(alert, now) ? 1 : 0)
  return [...alerts].sort(
    (a, b) => compareSeverities(b.severity, a.severity) || acknowledged(a) - acknowledged(b) || b.openedAt - a.openedAt,
  )
}
