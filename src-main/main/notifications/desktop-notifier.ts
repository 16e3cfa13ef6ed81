import { Notification } from 'electron'
import type { NativeImage } from 'electron'
import type { Log } from '#shared/log.ts'
import type { DesktopPopup } from './desktop-popup.ts'

/** Number of popups since the start. `channel` and `result` are labels of a Prometheus counter. */
export interface NotificationCount {
  readonly channel: 'desktop'
  readonly result: 'shown' | 'failed'
  readonly count: number
}

export interface NotifierDeps {
  readonly icon: NativeImage
  readonly log: Log
  /** Called after every popup: whether notifications work. */
  readonly onWorks: (works: boolean) => void
}

/** In points, as most notification daemons draw icons. A larger icon takes space from the text. */
const iconPoints = 48
/** Without a response of the system within this time, the popup counts as not shown. */
const answerLimitMs = 10_000

/** Passes popups to the operating system, tracks those on screen, and counts the results. */
export class DesktopNotifier {
  readonly #deps: NotifierDeps
  readonly #icon: NativeImage
  /** Without a reference, a notification is garbage-collected and its click is lost. */
  readonly #onScreen = new Map<string, Notification>()
  readonly #counts = { shown: 0, failed: 0 }
  #works: boolean | undefined

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

  /** Whether the last popup was shown; before the first one, whether the system has notifications. */
  get works(): boolean {
    return this.#works ?? Notification.isSupported()
  }

  async show(popup: DesktopPopup): Promise<boolean> {
    return (await this.try(popup)) === undefined
  }

  /** @returns why the system did not show it, without a full stop; `undefined` if it did */
  async try(popup: DesktopPopup): Promise<string | undefined> {
    const problem = Notification.isSupported()
      ? await this.#showNative(popup)
      : 'this system does not support notifications'
    const shown = problem === undefined
    this.#counts[shown ? 'shown' : 'failed']++
    if (!shown) this.#deps.log.error('notification not shown', { tag: popup.tag, problem })
    this.#works = shown
    this.#deps.onWorks(shown)
    return problem
  }

  /** @returns the problem, or `undefined` if the popup was shown */
  #showNative(popup: DesktopPopup): Promise<string | undefined> {
    this.withdraw(popup.tag)
    const critical = popup.urgency === 'critical'
    const notification = new Notification({
      // macOS and Windows replace the popup of an earlier run too. On Linux the server numbers popups, and Electron tells
      // no number: those of a run that was killed stay until somebody dismisses them.
      id: popup.tag,
      title: popup.title,
      body: popup.body,
      urgency: popup.urgency,
      timeoutType: critical ? 'never' : 'default',
      silent: !critical || popup.isUpdate === true,
      icon: this.#icon,
    })
    this.#onScreen.set(popup.tag, notification)
    const release = (): void => {
      if (this.#onScreen.get(popup.tag) !== notification) return
      this.#onScreen.delete(popup.tag)
      popup.onClose?.()
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

  /** Removes the popup from the screen, if it is shown. */
  withdraw(tag: string): void {
    const notification = this.#onScreen.get(tag)
    this.#onScreen.delete(tag)
    notification?.close()
  }

  /** Removes all popups: after the exit, their clicks have no effect. */
  end(): void {
    for (const notification of this.#onScreen.values()) notification.close()
    this.#onScreen.clear()
  }
}
