import { isAcknowledged } from '#shared/alert/acknowledgement.ts'
import type { Alert, NotifiedAs } from '#shared/alert/alert.ts'
import type { IsSilenced } from '#shared/alert/inhibit.ts'
import { isHeldBack } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { BlindPeriod } from '#shared/notification/blind-period.ts'
import {
  heldNotifications,
  planNotifications,
  refreshedPopup,
  topicOfPopup,
} from '#shared/notification/plan-notifications.ts'
import type { NotificationContext, PlannedPopup, ShownPopup } from '#shared/notification/plan-notifications.ts'
import type { NotificationKey, QueuedNotification } from '#shared/notification/queued-notification.ts'
import { isWithdrawn } from '#shared/team/merge-alert.ts'
import type { Health } from '#shared/health/health.ts'
import { minuteMs } from '#shared/format/time-units.ts'
import type { ShowPopup } from './desktop-popup.ts'
import { HeldBackAlerts } from './held-back-alerts.ts'
import type { HeldBackCounts, NotificationPause } from './notification-pause.ts'

export interface AlertNotificationsDeps {
  readonly show: ShowPopup
  /** Removes the popup with this tag from the screen. */
  readonly withdraw: (tag: string) => void
  /** Removes notifications from the queue of the data thread. `shown`: `as` what; else dropped. */
  readonly settle: (shown: boolean, items: readonly NotificationKey[], as?: NotifiedAs) => void
  readonly sound?: (severity: PlannedPopup['severity']) => void
  readonly pause: NotificationPause
  readonly health: () => Health
  /** All firing alerts. */
  readonly firing: () => readonly Alert[]
  readonly isSilenced: IsSilenced
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
/** Least time between two updates of a popup: each one draws it again. */
const refreshAfterMs = 5000

/**
 * Shows queued notifications. A notification leaves the queue only after its popup was shown, so after a crash in
 * between it is shown twice rather than never. A popup leaves the screen with its alert, and is replaced when what it
 * says has changed. Call `tick` about once a second.
 */
export class AlertNotifications {
  readonly #deps: AlertNotificationsDeps
  #queue = new Map<string, QueuedNotification>()
  /** Popups on the screen, by tag. One that the operator dismissed is not brought back. */
  readonly #onScreen = new Map<string, ShownPopup & { readonly at: number }>()
  #shownAt: number[] = []
  /** Since when the console is not live, epoch ms. It starts not live. */
  #notLiveSince: number
  #isAway = true
  #ticking = false
  #retryAt = 0
  readonly #heldBack: HeldBackAlerts

  constructor(deps: AlertNotificationsDeps) {
    this.#deps = deps
    this.#notLiveSince = deps.now()
    this.#heldBack = new HeldBackAlerts(deps.pause)
  }

  /** Different alerts that do not disturb holds back now, by severity. */
  get held(): HeldBackCounts {
    return this.#heldBack.counts(this.#heldNow())
  }

  /** Monitoring was blind, and no popup said so. The digest at the end of do not disturb says it. */
  blindMeanwhile(period: BlindPeriod): void {
    this.#heldBack.addBlind(period)
  }

  add(queued: readonly QueuedNotification[]): void {
    for (const item of queued)
      this.#queue.set(notificationKey({ alertId: item.alert.id, transition: item.transition }), item)
  }

  /**
   * Updates the alerts of queued notifications and of popups, so that both show the current state. Withdraws the popups
   * of what ended. The popup of a provisional alert becomes that of the official one.
   */
  alertsChanged(alerts: readonly Alert[]): void {
    const changed = new Map(alerts.map((alert) => [alert.id, alert]))
    const shownAs = new Map(
      alerts.map((alert) => [alert.id, (isWithdrawn(alert) && successorOf(alert, alerts)) || alert]),
    )
    const update = (item: QueuedNotification, current: ReadonlyMap<string, Alert>): QueuedNotification => {
      const alert = current.get(item.alert.id)
      return alert ? { ...item, alert } : item
    }
    for (const [key, item] of this.#queue) this.#queue.set(key, update(item, changed))
    for (const [tag, shown] of this.#onScreen) {
      this.#onScreen.set(tag, { ...shown, items: shown.items.map((item) => update(item, shownAs)) })
    }
    this.#withdrawEnded()
  }

  /** Popups of what is silenced now leave the screen. */
  silencesChanged(): void {
    this.#withdrawEnded()
  }

  /** The computer resumed from sleep: queued notifications become one digest. */
  resumed(): void {
    this.#isAway = true
  }

  async tick(): Promise<void> {
    if (this.#ticking) return
    this.#ticking = true
    try {
      this.#withdrawEnded()
      this.#heldBack.note(this.#heldNow())
      if (this.#canShow()) {
        await this.#deliver()
        await this.#refresh()
      }
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
      doNotDisturb: this.#deps.pause.inForce,
      ...this.#heldBack.due,
      shownLastMinute: this.#shownAt.length,
      clearLevelOf: this.#deps.clearLevelOf,
      timeOf: this.#deps.timeOf,
      now,
      firing: this.#deps.firing(),
      isSilenced: this.#deps.isSilenced,
      isSummaryShown: this.#onScreen.has('summary'),
    })
    this.#isAway = false
    this.#notLiveSince = Infinity
    if (plan.drop.length > 0) this.#settle(false, plan.drop)
    let allShown = true
    for (const popup of plan.show) if (!this.#isAcknowledged(popup)) allShown = (await this.#show(popup)) && allShown
    if (allShown) this.#heldBack.done()
  }

  #heldNow(): readonly QueuedNotification[] {
    const { pause, isSilenced, now } = this.#deps
    return heldNotifications([...this.#queue.values()], { doNotDisturb: pause.inForce, isSilenced, now: now() })
  }

  /** Someone acknowledged the alert while earlier popups were shown. A digest says so. */
  #isAcknowledged({ kind, alertId }: PlannedPopup): boolean {
    if (kind === 'held-back') return false
    const now = this.#deps.now()
    return [...this.#queue.values()].some(({ alert }) => alert.id === alertId && isAcknowledged(alert, now))
  }

  /** @returns whether the system showed it */
  async #show(popup: PlannedPopup): Promise<boolean> {
    const items = this.#itemsOf(popup)
    const shown = await this.#draw(popup, items, false)
    const now = this.#deps.now()
    if (!shown) {
      this.#retryAt = now + retryAfterMs
      return false
    }
    this.#shownAt.push(now)
    this.#deps.sound?.(popup.severity)
    this.#settle(true, popup.settles, shownAs(popup))
    // The summary counts them too.
    if (popup.kind === 'summary') this.#withdrawWhere(({ popup: { kind } }) => kind === 'alert')
    return true
  }

  #itemsOf({ tag, settles }: PlannedPopup): readonly QueuedNotification[] {
    const own = settles.flatMap((key) => this.#queue.get(notificationKey(key)) ?? [])
    return [...own, ...(this.#onScreen.get(tag)?.items ?? [])]
  }

  /** @returns whether the system showed it. An update replaces the popup without a sound. */
  async #draw(popup: PlannedPopup, items: readonly QueuedNotification[], isUpdate: boolean): Promise<boolean> {
    const { tag, title, body, severity, alertId } = popup
    this.#onScreen.set(tag, { popup, items, at: this.#deps.now() })
    const shown = await this.#deps.show({
      tag,
      title,
      body,
      urgency: severity === 'critical' ? 'critical' : 'normal',
      isUpdate,
      onClick: () => this.#deps.open(alertId),
      onClose: () => this.#onScreen.delete(tag),
    })
    if (!shown) this.#onScreen.delete(tag)
    return shown
  }

  /** Replaces the popups that no longer say what is. */
  async #refresh(): Promise<void> {
    const ctx = this.#refreshFacts()
    const { now } = ctx
    for (const [tag, shown] of [...this.#onScreen]) {
      if (Math.abs(now - shown.at) < refreshAfterMs) continue
      const next = refreshedPopup(shown, ctx)
      if (!next || (next.title === shown.popup.title && next.body === shown.popup.body && next.tag === tag)) continue
      const isHeld = isHeldBack(topicOfPopup(next), this.#deps.pause.inForce, now)
      // Drawing it again would disturb. A digest may stay: it says what was.
      if (isHeld && topicOfPopup(next).kind === 'digest') continue
      if (isHeld || next.tag !== tag) this.#withdraw(tag)
      if (!isHeld) await this.#draw(next, shown.items, true)
    }
  }

  #refreshFacts(): Pick<NotificationContext, 'firing' | 'isSilenced' | 'clearLevelOf' | 'timeOf' | 'now'> {
    const { firing, isSilenced, now, clearLevelOf, timeOf } = this.#deps
    return { firing: firing(), isSilenced, now: now(), clearLevelOf, timeOf }
  }

  #withdrawEnded(): void {
    const ctx = this.#refreshFacts()
    this.#withdrawWhere((shown) => refreshedPopup(shown, ctx) === undefined)
  }

  #withdrawWhere(isOver: (shown: ShownPopup) => boolean): void {
    for (const [tag, shown] of [...this.#onScreen]) if (isOver(shown)) this.#withdraw(tag)
  }

  #withdraw(tag: string): void {
    this.#onScreen.delete(tag)
    this.#deps.withdraw(tag)
  }

  #settle(shown: boolean, items: readonly NotificationKey[], as?: NotifiedAs): void {
    for (const item of items) this.#queue.delete(notificationKey(item))
    this.#deps.settle(shown, items, as)
  }
}

/** What the timeline says of a popup. */
function shownAs({ kind }: PlannedPopup): NotifiedAs {
  if (kind === 'alert') return 'popup'
  return kind === 'summary' ? 'summary' : 'digest'
}

function notificationKey({ alertId, transition }: NotificationKey): string {
  return `${alertId} ${transition}`
}

/** The firing alert of the same series that replaces a withdrawn one. */
function successorOf(withdrawn: Alert, alerts: readonly Alert[]): Alert | undefined {
  const { id, kind, nodeId, metric, ruleId } = withdrawn
  return alerts.find(
    (alert) =>
      alert.phase === 'firing' &&
      alert.id !== id &&
      alert.kind === kind &&
      alert.nodeId === nodeId &&
      alert.metric === metric &&
      alert.ruleId === ruleId,
  )
}

/** A digest of one firing critical alert says less than its own notification. */
function isSingleFiringAlert(queued: readonly QueuedNotification[], now: number): boolean {
  const [first] = queued
  if (!first || queued.some(({ alert }) => alert.id !== first.alert.id)) return false
  return first.alert.phase === 'firing' && first.alert.severity === 'critical' && !isAcknowledged(first.alert, now)
}
