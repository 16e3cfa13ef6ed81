import { Notification } from 'electron'
import type { NativeImage } from 'electron'
import type { DesktopPopup } from './desktop-popup.ts'
import { isSticky } from './popup-system.ts'
import type { PopupFacts, PopupSystem } from './popup-system.ts'

/** Without a response of the system within this time, the popup counts as not shown. */
const answerLimitMs = 10_000

/** Popups of macOS and Windows, by Electron. Their texts are plain, so nothing is escaped. */
export class ElectronPopups implements PopupSystem {
  readonly #icon: NativeImage
  /** Without a reference, a notification is garbage-collected and its click is lost. */
  readonly #onScreen = new Map<string, Notification>()

  constructor(icon: NativeImage) {
    this.#icon = icon
  }

  get facts(): PopupFacts {
    const problem = Notification.isSupported() ? {} : { problem: 'This system does not support notifications.' }
    return { ...problem, hasButtons: true, isInhibited: false }
  }

  /** Nothing changes here. */
  onFacts(): void {
    return
  }

  show(popup: DesktopPopup): Promise<string | undefined> {
    if (!Notification.isSupported()) return Promise.resolve(this.facts.problem)
    this.withdraw(popup.tag)
    const { buttons = [] } = popup
    const notification = new Notification({
      // The system replaces the popup of an earlier run too.
      id: popup.tag,
      title: popup.title,
      body: popup.body,
      urgency: popup.urgency,
      timeoutType: isSticky(popup) ? 'never' : 'default',
      silent: true,
      icon: this.#icon,
      actions: buttons.map(({ label }) => ({ type: 'button', text: label })),
    })
    this.#onScreen.set(popup.tag, notification)
    this.#followEvents(notification, popup)
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve('The system did not answer.'), answerLimitMs)
      const settle = (problem: string | undefined): void => {
        clearTimeout(late)
        resolve(problem)
      }
      notification.on('show', () => settle(undefined))
      notification.on('failed', (_event, problem) => settle(`The system refused it: ${problem || 'no reason given'}.`))
      notification.show()
    })
  }

  #followEvents(notification: Notification, popup: DesktopPopup): void {
    const release = (): boolean => {
      if (this.#onScreen.get(popup.tag) !== notification) return false
      this.#onScreen.delete(popup.tag)
      popup.onClose?.()
      return true
    }
    notification.on('close', release)
    notification.on('failed', release)
    notification.on('click', () => {
      release()
      popup.onClick()
    })
    // The index is also in the first argument, but not in the oldest Electron.
    notification.on('action', (_event, actionIndex) => {
      const action = popup.buttons?.[actionIndex]?.action
      release()
      notification.close()
      if (action) popup.onAction?.(action)
    })
  }

  withdraw(tag: string): void {
    const notification = this.#onScreen.get(tag)
    this.#onScreen.delete(tag)
    notification?.close()
  }

  end(): Promise<void> {
    for (const notification of this.#onScreen.values()) notification.close()
    this.#onScreen.clear()
    return Promise.resolve()
  }
}
