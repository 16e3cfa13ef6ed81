import type { Alert, NotifiedAs } from '#shared/alert/alert.ts'
import type { IsSilenced } from '#shared/alert/inhibit.ts'
import type { Health } from '#shared/health/health.ts'
import type { BlindPeriod } from '#shared/notification/blind-period.ts'
import type {
  HiddenDetails,
  NotificationPlan,
  PlanFacts,
  PlannedPopup,
  PlannerState,
} from '#shared/notification/notification-plan.ts'
import {
  alertsWithReminder,
  heldNotifications,
  planNotifications,
  withdrawEnded,
} from '#shared/notification/plan-notifications.ts'
import type { PlanSettings } from '#shared/notification/plan-settings.ts'
import {
  afterSleep,
  initialPlannerState,
  otherPopupShown,
  popupClosed,
  popupRefused,
  popupShown,
  popupsWork,
  withAlerts,
  withShownBefore,
} from '#shared/notification/planner-state.ts'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import type {
  NotificationKey,
  QueuedNotification,
  ShownNotification,
} from '#shared/notification/queued-notification.ts'
import type { DesktopPopup, ShowPopup } from './desktop-popup.ts'
import { HeldBackAlerts } from './held-back-alerts.ts'
import type { HeldBackCounts, NotificationPause } from './notification-pause.ts'
import type { PlaySound } from './play-sound.ts'

/** Newest values by alert id. */
type Values = ReadonlyMap<string, number>

export interface AlertNotificationsDeps {
  readonly show: ShowPopup
  /** Removes the popup with this tag from the screen. */
  readonly withdraw: (tag: string) => void
  /** Whether the system is known to show no popups, by the last one or by what it says. */
  readonly isBroken: () => boolean
  /** Shows it in the window instead, because the system refuses popups. */
  readonly toast: (popup: DesktopPopup) => void
  readonly sounds: PlaySound
  /** Removes notifications from the queue of the data thread. `shown`: `as` what; else dropped. */
  readonly settle: (shown: boolean, items: readonly NotificationKey[], as?: NotifiedAs) => void
  /** A reminder of these alerts was shown. */
  readonly reminded: (alertIds: readonly string[]) => void
  readonly pause: NotificationPause
  readonly health: () => Health
  readonly settings: () => PlanSettings
  /** Whether popups must not say names and values. */
  readonly hidden: () => HiddenDetails | undefined
  /** All firing alerts. */
  readonly firing: () => readonly Alert[]
  readonly isSilenced: IsSilenced
  readonly isUnseen: (alertId: string) => boolean
  /** The newest values of the series of these alerts. */
  readonly valuesOf: (alerts: readonly Alert[]) => Promise<Values>
  /** The clear level of the rule of an alert, for its text. */
  readonly clearLevelOf: (alert: Alert) => number | undefined
  /** A time of this computer's clock, for texts. */
  readonly timeOf: (at: number) => string
  /** The operator clicked a popup or one of its buttons. */
  readonly act: (action: PopupAction) => void
  /** Call `update` at this time (epoch ms) if nothing calls it before; `Infinity`: never. */
  readonly wakeAt: (at: number) => void
  readonly now: () => number
}

/** The system refuses popups if it refused so many in a row, or was known to be broken before. Then they are toasts. */
const toastAfterRefusals = 2
const noValues: Values = new Map()

/**
 * Executes the plans of `planNotifications`. Call `update` after anything that a plan depends on has changed, and at the
 * time that `wakeAt` got. A notification leaves the queue only after its popup was shown, so after a crash in between it
 * is shown twice rather than never.
 */
export class AlertNotifications {
  readonly #deps: AlertNotificationsDeps
  readonly #heldBack: HeldBackAlerts
  readonly #queue = new Map<string, QueuedNotification>()
  #state: PlannerState
  /** Alerts that changed while a popup was being shown: it may show what is over. */
  #changed = new Map<string, Alert>()
  #isDirty = false
  #running: Promise<void> | undefined
  /** Popups in a row that the system refused. */
  #refusals = 0
  #wasBroken: boolean

  constructor(deps: AlertNotificationsDeps) {
    this.#deps = deps
    this.#wasBroken = deps.isBroken()
    this.#state = initialPlannerState(deps.now())
    this.#heldBack = new HeldBackAlerts(deps.pause)
  }

  /** Different alerts that do not disturb holds back now, by severity. */
  get held(): HeldBackCounts {
    return this.#heldBack.counts(heldNotifications(this.#facts()))
  }

  /** Monitoring was blind, and no popup said so. The digest at the end of do not disturb says it. */
  blindMeanwhile(period: BlindPeriod): void {
    this.#heldBack.addBlind(period)
  }

  /** At the start of the data thread: which firing alerts were notified before. */
  shownBefore(shown: readonly ShownNotification[]): void {
    this.#state = withShownBefore(this.#state, shown)
  }

  add(queued: readonly QueuedNotification[]): void {
    for (const item of queued)
      this.#queue.set(notificationKey({ alertId: item.alert.id, transition: item.transition }), item)
  }

  /** Queued notifications and popups get the present state of these alerts. What ended leaves the screen. */
  alertsChanged(alerts: readonly Alert[]): void {
    const current = new Map(alerts.map((alert) => [alert.id, alert]))
    for (const [key, item] of this.#queue) {
      const alert = current.get(item.alert.id)
      if (alert) this.#queue.set(key, { ...item, alert })
    }
    if (this.#running) for (const alert of alerts) this.#changed.set(alert.id, alert)
    this.#state = withAlerts(this.#state, alerts, this.#deps.now())
    this.#withdrawEnded()
  }

  /** Popups of what is silenced now leave the screen. */
  silencesChanged(): void {
    this.#withdrawEnded()
  }

  /** The computer resumed from sleep: queued notifications become one digest. */
  resumed(): void {
    this.#state = afterSleep(this.#state)
  }

  /** What is known of the system has changed. One that shows popups again is not waited for. */
  systemChanged(): void {
    const isBroken = this.#deps.isBroken()
    if (this.#wasBroken && !isBroken) this.#state = popupsWork(this.#state)
    this.#wasBroken = isBroken
  }

  /** Another popup of ReMo was shown: about a silence, or blindness. */
  otherShown(): void {
    this.#state = otherPopupShown(this.#state, this.#deps.now())
  }

  /** Plans, and executes the plan. @returns when nothing is left to do now */
  update(): Promise<void> {
    this.#isDirty = true
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #run(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false
      const values = await this.#valuesForReminders()
      const facts = this.#facts(values)
      this.#heldBack.note(heldNotifications(facts), facts.now)
      const { state, plan } = planNotifications(this.#state, this.#facts(values))
      this.#state = state
      this.#begin(plan)
      for (const popup of plan.show) {
        await this.#show(popup)
        // Whatever happened meanwhile, and what is behind the popup, is for the next plan.
        if (this.#isDirty) break
        this.#isDirty = plan.show.at(-1) === popup
      }
      if (!this.#isDirty) this.#deps.wakeAt(plan.nextAt)
    }
  }

  /** What needs no answer of the system. */
  #begin({ withdraw, drop, sound, stopSound, isNothingHeld }: NotificationPlan): void {
    for (const tag of withdraw) this.#deps.withdraw(tag)
    if (drop.length > 0) this.#settle(false, drop)
    if (stopSound) this.#deps.sounds.stop()
    if (sound) this.#deps.sounds.play(sound)
    if (isNothingHeld) this.#heldBack.done()
  }

  async #show(popup: PlannedPopup): Promise<void> {
    const desktopPopup = this.#desktopPopup(popup)
    this.#changed = new Map()
    const wasBroken = this.#deps.isBroken()
    const shown = await this.#deps.show(desktopPopup)
    const now = this.#deps.now()
    this.#refusals = shown ? 0 : this.#refusals + 1
    const isToast = !shown && (wasBroken || this.#refusals >= toastAfterRefusals)
    if (isToast) this.#deps.toast(desktopPopup)
    if (shown || isToast) {
      this.#state = popupShown(this.#state, popup, now)
      this.#done(popup, isToast ? 'toast' : popup.as)
    } else this.#state = popupRefused(this.#state, popup, now)
    this.#state = withAlerts(this.#state, [...this.#changed.values()], now)
    this.#withdrawEnded()
  }

  #desktopPopup({ tag, title, body, urgency, buttons, isUpdate, alertId }: PlannedPopup): DesktopPopup {
    const { act } = this.#deps
    return {
      tag,
      title,
      body,
      withoutDetails: 'same',
      urgency,
      isSticky: urgency === 'critical',
      isUpdate,
      buttons,
      onClick: () => act({ kind: 'open', ...(alertId === undefined ? {} : { alertId }) }),
      onAction: act,
      onClose: () => (this.#state = popupClosed(this.#state, tag)),
    }
  }

  #done({ kind, settles, items, isReminder, isUpdate }: PlannedPopup, as: NotifiedAs): void {
    if (settles.length > 0) this.#settle(true, settles, as)
    if (isReminder && !isUpdate) this.#deps.reminded(items.map(({ alert }) => alert.id))
    if (kind === 'held-back' && !isUpdate) this.#heldBack.done()
  }

  async #valuesForReminders(): Promise<Values> {
    const alerts = alertsWithReminder(this.#state, this.#facts())
    // A reminder without the newest values says those of before.
    return alerts.length === 0 ? noValues : this.#deps.valuesOf(alerts).catch(() => noValues)
  }

  #facts(values = noValues): PlanFacts {
    const { health, settings, hidden, firing, isSilenced, isUnseen, pause, clearLevelOf, timeOf, now } = this.#deps
    return {
      now: now(),
      health: health(),
      settings: settings(),
      queued: [...this.#queue.values()],
      firing: firing(),
      isSilenced,
      isUnseen,
      doNotDisturb: pause.inForce,
      heldBack: this.#heldBack.due,
      hidden: hidden(),
      newestOf: ({ id }) => values.get(id),
      clearLevelOf,
      timeOf,
    }
  }

  #withdrawEnded(): void {
    const { state, withdraw } = withdrawEnded(this.#state, this.#facts())
    this.#state = state
    for (const tag of withdraw) this.#deps.withdraw(tag)
  }

  #settle(shown: boolean, items: readonly NotificationKey[], as?: NotifiedAs): void {
    for (const item of items) this.#queue.delete(notificationKey(item))
    this.#deps.settle(shown, items, as)
  }
}

function notificationKey({ alertId, transition }: NotificationKey): string {
  return `${alertId} ${transition}`
}
