import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import { planNotifications } from '#shared/notification/plan-notifications.ts'
import type { NotificationKey, QueuedNotification, PlannedPopup } from '#shared/notification/plan-notifications.ts'
import type { Health } from '#shared/health/health.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { ShowPopup } from './desktop-notifier.ts'

export interface AlertNotificationsDeps {
  readonly show: ShowPopup
  /** Takes the popup of this alert off the screen. */
  readonly withdraw: (alertId: string) => void
  /** Not owed any more; `shown`: by a popup. */
  readonly settle: (shown: boolean, items: readonly NotificationKey[]) => void
  readonly health: () => Health
  /** The operator clicked: to this alert, or to the list. */
  readonly open: (alertId: string | undefined) => void
  readonly now: () => number
}

/** Out of sight for this long counts as away: what happened meanwhile is told in one digest. */
const awayAfterMs = 60_000
/** A system that refused a popup is asked again after this time. */
const retryAfterMs = 60_000

/**
 * Pays the notifications that are owed. A debt is struck off only after its popup was shown, so a crash in between
 * shows it twice rather than never. `tick` is to be called about once a second.
 */
export class AlertNotifications {
  readonly #deps: AlertNotificationsDeps
  #queue = new Map<string, QueuedNotification>()
  #shownAt: number[] = []
  /** Since when the console is not live; it begins so. */
  #outSince: number
  #isAway = true
  #ticking = false
  #retryAt = 0

  constructor(deps: AlertNotificationsDeps) {
    this.#deps = deps
    this.#outSince = deps.now()
  }

  add(queued: readonly QueuedNotification[]): void {
    for (const item of queued)
      this.#queue.set(notificationKey({ alertId: item.alert.id, transition: item.transition }), item)
  }

  /**
   * Alerts go on while their notification waits: it is told as it stands then. What is on the screen goes when somebody
   * has taken the alert on, here or elsewhere.
   */
  alertsChanged(alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      if (isAcknowledged(alert, this.#deps.now())) this.#deps.withdraw(alert.id)
      for (const [key, item] of this.#queue) if (item.alert.id === alert.id) this.#queue.set(key, { ...item, alert })
    }
  }

  /** The machine woke up: what happened while it slept is one digest. */
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
    this.#outSince = Math.min(this.#outSince, now)
    if (now - this.#outSince >= awayAfterMs) this.#isAway = true
    return false
  }

  /** Times ahead of a clock that was set back would hold until it gets there. */
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
      awayDigest: this.#isAway && !isOneThatFires(queued, now),
      shownLastMinute: this.#shownAt.length,
      now,
    })
    this.#isAway = false
    this.#outSince = Infinity
    if (plan.drop.length > 0) this.#settle(false, plan.drop)
    for (const popup of plan.show) if (!this.#isAcknowledged(popup)) await this.#show(popup)
  }

  /** Somebody was faster than the popups before it. */
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

/** A digest of one alert that goes on says less than the alert itself. */
function isOneThatFires(queued: readonly QueuedNotification[], now: number): boolean {
  const [first] = queued
  if (!first || queued.some(({ alert }) => alert.id !== first.alert.id)) return false
  return first.alert.phase === 'firing' && first.alert.severity === 'critical' && !isAcknowledged(first.alert, now)
}
