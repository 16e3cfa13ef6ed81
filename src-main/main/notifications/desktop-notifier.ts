import { Notification } from 'electron'
import type { NativeImage } from 'electron'
import type { Log } from '#shared/log.ts'

/** One native notification. One that has the `tag` of an earlier one takes its place. */
export interface DesktopPopup {
  readonly tag: string
  readonly title: string
  readonly body: string
  readonly urgency: 'critical' | 'normal' | 'low'
  readonly onClick: () => void
}

/** Shows a popup; whether the operating system took it. */
export type ShowPopup = (popup: DesktopPopup) => Promise<boolean>

/** How often it went so since the start. Labels of a Prometheus counter. */
export interface NotificationCount {
  readonly channel: 'desktop'
  readonly result: 'shown' | 'failed'
  readonly count: number
}

export interface NotifierDeps {
  readonly icon: NativeImage
  readonly log: Log
  /** Notifications do not work here, or do again. */
  readonly onWorks: (works: boolean) => void
}

/** Points, as most notification daemons draw icons; a larger one pushes the text aside. */
const iconPoints = 48
/** A system that says neither "shown" nor "failed" within this time has not shown it. */
const answerLimitMs = 10_000

/** Hands popups to the operating system, keeps those that are on screen, and counts how it went. */
export class DesktopNotifier {
  readonly #deps: NotifierDeps
  readonly #icon: NativeImage
  /** Without a reference a notification is collected as garbage, and its click with it. */
  readonly #onScreen = new Map<string, Notification>()
  readonly #counts = { shown: 0, failed: 0 }

  constructor(deps: NotifierDeps) {
    this.#deps = deps
    this.#icon = deps.icon.resize({ width: iconPoints, quality: 'best' })
  }

  get counts(): readonly NotificationCount[] {
    const { shown, failed } = this.#counts
    return [
      { channel: 'desktop', result: 'shown', count: shown },
      { channel: 'desktop', result: 'failed', count: failed },
    ]
  }

  async show(popup: DesktopPopup): Promise<boolean> {
    const problem = Notification.isSupported()
      ? await this.#showNative(popup)
      : 'this system does not support notifications'
    const shown = problem === undefined
    this.#counts[shown ? 'shown' : 'failed']++
    if (!shown) this.#deps.log.error('notification not shown', { tag: popup.tag, problem })
    this.#deps.onWorks(shown)
    return shown
  }

  /** Resolves with what went wrong, or `undefined`. */
  #showNative(popup: DesktopPopup): Promise<string | undefined> {
    this.withdraw(popup.tag)
    const critical = popup.urgency === 'critical'
    const notification = new Notification({
      title: popup.title,
      body: popup.body,
      urgency: popup.urgency,
      timeoutType: critical ? 'never' : 'default',
      silent: !critical,
      icon: this.#icon,
    })
    this.#onScreen.set(popup.tag, notification)
    const release = (): void => {
      if (this.#onScreen.get(popup.tag) === notification) this.#onScreen.delete(popup.tag)
    }
    notification.on('close', release)
    notification.on('click', () => {
      release()
      popup.onClick()
    })
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve('the system did not answer'), answerLimitMs)
      const settle = (problem: string | undefined): void => {
        clearTimeout(late)
        resolve(problem)
      }
      notification.on('show', () => settle(undefined))
      notification.on('failed', (_event, problem) => {
        release()
        settle(problem || 'the system refused it')
      })
      notification.show()
    })
  }

  /** Takes it off the screen, where it is still there. */
  withdraw(tag: string): void {
    this.#onScreen.get(tag)?.close()
    this.#onScreen.delete(tag)
  }

  /** Takes what is on screen away: its clicks would reach nobody. */
  end(): void {
    for (const notification of this.#onScreen.values()) notification.close()
    this.#onScreen.clear()
  }
}
