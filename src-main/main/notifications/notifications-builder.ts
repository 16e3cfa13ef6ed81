import { anAlert } from '#shared/alert/alert-builders.ts'
import type { Alert, NodeAlert, NotifiedAs } from '#shared/alert/alert.ts'
import type { Health } from '#shared/health/health.ts'
import type { HiddenDetails } from '#shared/notification/notification-plan.ts'
import { planSettings } from '#shared/notification/plan-settings.ts'
import type { PopupAction } from '#shared/notification/popup-action.ts'
import type { QueuedNotification } from '#shared/notification/queued-notification.ts'
import type { SoundKind } from '#shared/notification/sound-kind.ts'
import { anId } from '#shared/rule/rule-builders.ts'
import { initialSettings } from '#shared/settings/app-settings.ts'
import type { SettingValues } from '#shared/settings/app-settings.ts'
import { FiringAlerts } from '../app/firing-alerts.ts'
import { AlertNotifications } from './alert-notifications.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { TestPause } from './pause-builder.ts'

/** A critical alert of the node with this number has opened. Each is of a rule of its own. Test builder. */
export function queued(number: number, over: Partial<NodeAlert> = {}): QueuedNotification {
  const alert = anAlert({ id: anId(number), nodeId: `node-${number}`, ruleId: anId(500 + number), ...over })
  return { alert, transition: 'opened', wasShown: false }
}

/** The title of its popup, with plain spaces. */
export function titleOf(number: number): string {
  return `[CRITICAL] node-${number} CPU 97.2 % > 95 % for 2 m`
}

/** Notifications of a live console, on a desktop that a test looks at. No group waits, unless a test says so. Test builder. */
export class TestNotifications {
  clock = 1_000_000
  health: Health = { kind: 'live', behindMs: 100 }
  /** Whether the system shows popups. */
  works = true
  /** Whether it is known to show none. */
  isBroken = false
  hidden: HiddenDetails | undefined
  settings: SettingValues
  values = new Map<string, number>()
  whileShown: () => void = () => undefined
  /** When the console wants to plan again. */
  wakeAt = Infinity
  readonly pause = new TestPause()
  readonly firing = new FiringAlerts(() => this.clock)
  readonly shown: DesktopPopup[] = []
  readonly toasts: DesktopPopup[] = []
  readonly withdrawn: string[] = []
  readonly settled: Array<readonly [boolean, number]> = []
  readonly settledAs: Array<NotifiedAs | undefined> = []
  readonly reminded: string[] = []
  readonly sounds: Array<SoundKind | 'stop'> = []
  readonly acts: PopupAction[] = []
  notifications: AlertNotifications
  readonly #onScreen = new Map<string, DesktopPopup>()

  constructor(settings: Partial<SettingValues> = {}) {
    this.settings = { ...initialSettings, 'notifications.criticalWaitSeconds': 0, ...settings }
    this.notifications = this.restart()
  }

  /** Another run of the console with the same desktop. */
  restart(): AlertNotifications {
    return (this.notifications = new AlertNotifications({
      pause: this.pause,
      show: (popup) => this.#show(popup),
      withdraw: (tag) => {
        this.withdrawn.push(tag)
        this.#onScreen.delete(tag)
      },
      isBroken: () => this.isBroken,
      toast: (popup) => this.toasts.push(popup),
      sounds: { play: (kind) => this.sounds.push(kind), stop: () => this.sounds.push('stop') },
      settle: (byPopup, items, as) => {
        this.settled.push([byPopup, items.length])
        this.settledAs.push(as)
      },
      reminded: (ids) => this.reminded.push(...ids),
      health: () => this.health,
      settings: () => planSettings(this.settings),
      hidden: () => this.hidden,
      firing: () => this.firing.list,
      isSilenced: (alert) => this.firing.isSilenced(alert),
      isUnseen: () => true,
      valuesOf: () => Promise.resolve(this.values),
      clearLevelOf: () => undefined,
      timeOf: () => '14:02:03',
      act: (action) => this.acts.push(action),
      wakeAt: (at) => (this.wakeAt = at),
      now: () => this.clock,
    }))
  }

  /** Titles on the screen, with plain spaces. */
  get screen(): string[] {
    return [...this.#onScreen.values()].map(({ title }) => plain(title))
  }

  /** Titles and bodies in the order in which they were shown, with plain spaces. */
  get texts(): string[][] {
    return this.shown.map(({ title, body }) => [title, body].map(plain))
  }

  async after(ms: number): Promise<void> {
    this.clock += ms
    await this.notifications.update()
  }

  /** Alerts as the data thread publishes them: first the list of firing ones, then the notifications. */
  publish(...alerts: Alert[]): void {
    this.firing.change(alerts)
    this.notifications.alertsChanged(alerts)
  }

  fire(...items: QueuedNotification[]): void {
    this.publish(...items.map(({ alert }) => alert))
    this.notifications.add(items)
  }

  /** The alert of the node with this number has recovered. */
  resolve(number: number): void {
    const { alert } = queued(number)
    this.publish({ ...alert, phase: 'resolved', resolvedAt: this.clock, resolveReason: 'cleared' })
  }

  #show(popup: DesktopPopup): Promise<boolean> {
    if (this.works) {
      this.shown.push(popup)
      this.#onScreen.delete(popup.tag)
      this.#onScreen.set(popup.tag, popup)
    }
    this.whileShown()
    return Promise.resolve(this.works)
  }
}

function plain(text: string): string {
  return text.replaceAll('\u202f', ' ')
}
