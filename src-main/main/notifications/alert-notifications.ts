import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import { planNotifications } from '#shared/notification/plan-notifications.ts'
import type { NotificationKey, QueuedNotification, PlannedPopup } from '#shared/notification/plan-notifications.ts'
import type { Health } from '#shared/health/health.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { ShowPopup } from './desktop-notifier.ts'

export interface AlertNotificationsDeps {
  readonly show: ShowPopup
  /** Removes the popup of this alert from the screen. */
  readonly withdraw: (alertId: string) => void
  /** Removes notifications from the queue of the data thread. `shown`: as a popup; else dropped. */
  readonly settle: (shown: boolean, items: readonly NotificationKey[]) => void
  readonly health: () => Health
  /** The clear level of the rule of an alert, for its text. */
  readonly clearLevelOf: (alert: Alert) => number | undefined
  /** A time of this computer's clock, for texts. */
  readonly timeOf: (at: number) => string
  /** The operator clicked a popup. Opens this alert, or the list. */
  readonly open: (alertId: string | undefined) => void
  readonly now: () => number
}

/** If the console was not live for this long, queued notifications become one digest. */
const awayAfterMs = 60_000
/** Delay after the system refused a popup. */
const retryAfterMs = 60_000

/**
 * Shows queued notifications. A notification leaves the queue only after its popup was shown, so after a crash in
 * between it is shown twice rather than never. Call `tick` about once a second.
 */
export class AlertNotifications {
  readonly #deps: AlertNotificationsDeps
  #queue = new Map<string, QueuedNotification>()
  #shownAt: number[] = []
  /** Since when the console is not live, epoch ms. It starts not live. */
  #notLiveSince: number
  #isAway = true
  #ticking = false
  #retryAt = 0

  constructor(deps: AlertNotificationsDeps) {
    this.#deps = deps
    this.#notLiveSince = deps.now()
  }

  add(queued: readonly QueuedNotification[]): void {
    for (const item of queued)
      this.#queue.set(notificationKey({ alertId: item.alert.id, transition: item.transition }), item)
  }

  /**
   * Updates the alerts of queued notifications, so a popup shows the current state. Removes the popup of an alert that
   * someone acknowledged, here or elsewhere.
   */
  alertsChanged(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (isAcknowledged(alert, this.#deps.now())) this.#deps.withdraw(alert.id)
      for (const [key, item] of this.#queue) if (item.alert.id === alert.id) this.#queue.set(key, { ...item, alert })
    }
  }

  /** The computer resumed from sleep: queued notifications become one digest. */
  resumed(): void {
    this.#isAway = true
  }

  async tick(): Promise<void> {
    if (this.#ticking || !this.#canShow()) return
    this.#ticking = true
    try {
      await this.#deliver()
    } finally {
      this.#ticking = false
    }
  }

  #canShow(): boolean {
    const now = this.#deps.now()
    this.#clampToClock(now)
    if (this.#deps.health().kind === 'live') return now >= this.#retryAt
    this.#notLiveSince = Math.min(this.#notLiveSince, now)
    if (now - this.#notLiveSince >= awayAfterMs) this.#isAway = true
    return false
  }

  /** After the clock was set back, later times would block popups until the clock reaches them. */
  #clampToClock(now: number): void {
    this.#shownAt = this.#shownAt.map((at) => Math.min(at, now))
    this.#retryAt = Math.min(this.#retryAt, now + retryAfterMs)
  }

  async #deliver(): Promise<void> {
    const now = this.#deps.now()
    const queued = [...this.#queue.values()]
    this.#shownAt = this.#shownAt.filter((at) => now - at < minuteMs)
    const plan = planNotifications(queued, {
      health: this.#deps.health(),
      awayDigest: this.#isAway && !isSingleFiringAlert(queued, now),
      shownLastMinute: this.#shownAt.length,
      clearLevelOf: this.#deps.clearLevelOf,
      timeOf: this.#deps.timeOf,
      now,
    })
    this.#isAway = false
    this.#notLiveSince = Infinity
    if (plan.drop.length > 0) this.#settle(false, plan.drop)
    for (const popup of plan.show) if (!this.#isAcknowledged(popup)) await this.#show(popup)
  }

  /** Someone acknowledged the alert while earlier popups were shown. */
  #isAcknowledged({ alertId }: PlannedPopup): boolean {
    const now = this.#deps.now()
    return [...this.#queue.values()].some(({ alert }) => alert.id === alertId && isAcknowledged(alert, now))
  }

  async #show(popup: PlannedPopup): Promise<void> {
    const { tag, title, body, severity, alertId, settles } = popup
    const urgency = severity === 'critical' ? 'critical' : 'normal'
    const shown = await this.#deps.show({ tag, title, body, urgency, onClick: () => this.#deps.open(alertId) })
    const now = this.#deps.now()
    if (!shown) this.#retryAt = now + retryAfterMs
    else {
      this.#shownAt.push(now)
      this.#settle(true, settles)
    }
  }

  #settle(shown: boolean, items: readonly NotificationKey[]): void {
    for (const item of items) this.#queue.delete(notificationKey(item))
    this.#deps.settle(shown, items)
  }
}

function notificationKey({ alertId, transition }: NotificationKey): string {
  return `${alertId} ${transition}`
}

/** A digest of one firing critical alert says less than its own notification. */
function isSingleFiringAlert(queued: readonly QueuedNotification[], now: number): boolean {
  const [first] = queued
  if (!first || queued.some(({ alert }) => alert.id !== first.alert.id)) return false
  return first.alert.phase === 'firing' && first.alert.severity === 'critical' && !isAcknowledged(first.alert, now)
}
