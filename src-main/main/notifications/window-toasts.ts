import type { Toast, ToastAct } from '#shared/ipc/toast-calls.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import { isSticky } from './popup-system.ts'

/** More than an operator reads. Of more, the oldest that is not critical goes. */
const mostToasts = 30

/**
 * Notifications inside the window, for a system that shows none. While the window is closed they wait for it. As on the
 * screen, one replaces another with its tag.
 */
export class WindowToasts {
  readonly #push: (toasts: Toast[]) => void
  readonly #shown = new Map<string, DesktopPopup>()

  /** @param push all of them, after each change */
  constructor(push: (toasts: Toast[]) => void) {
    this.#push = push
  }

  /** Oldest first. */
  get list(): Toast[] {
    return [...this.#shown.values()].map(toastOf)
  }

  /** @param popup one that the system refused. A toast makes no sound, either. */
  show(popup: DesktopPopup): void {
    // One that only changes stays at its place.
    if (popup.isUpdate !== true) this.#shown.delete(popup.tag)
    this.#shown.set(popup.tag, popup)
    if (this.#shown.size > mostToasts) this.#dropOne()
    this.#push(this.list)
  }

  /** Removes it, because it is no longer true or was shown by the system after all. */
  withdraw(tag: string): void {
    if (this.#shown.delete(tag)) this.#push(this.list)
  }

  /** A person did something with it, or its time is over. A toast that is gone is nothing to act on. */
  act(tag: string, act: ToastAct): void {
    const popup = this.#shown.get(tag)
    if (!popup) return
    const button = typeof act === 'number' ? popup.buttons?.[act] : undefined
    if (typeof act === 'number' && !button) return
    this.withdraw(tag)
    popup.onClose?.()
    if (button) popup.onAction?.(button.action)
    else if (act === 'open') popup.onClick()
  }

  #dropOne(): void {
    const all = [...this.#shown.values()]
    const oldest = all.find(({ urgency }) => urgency !== 'critical') ?? all[0]
    if (!oldest) return
    this.#shown.delete(oldest.tag)
    oldest.onClose?.()
  }
}

function toastOf(popup: DesktopPopup): Toast {
  const { tag, title, body, urgency, buttons = [], onAction } = popup
  return {
    tag,
    title,
    body,
    urgency,
    isSticky: isSticky(popup),
    buttons: onAction ? buttons.map(({ label }) => label) : [],
  }
}
