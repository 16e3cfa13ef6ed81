import type { ConnectionInUse } from '#shared/settings/connection-in-use.ts'
import type { DesktopNotifier } from '../notifications/desktop-notifier.ts'
import type { DesktopPopup, ShowPopup } from '../notifications/desktop-popup.ts'
import { markedTitle } from '../notifications/marked-title.ts'
import type { PlaySound } from '../notifications/play-sound.ts'
import type { WindowToasts } from '../notifications/window-toasts.ts'
import type { MainWindow } from '../windows/main-window.ts'

/** What a connection reaches of the app. */
export interface GatedDeps {
  /** As it is now: its mark may change. */
  readonly inUse: () => ConnectionInUse
  readonly window: Pick<MainWindow, 'push' | 'navigate' | 'isVisible' | 'flash'>
  readonly showTray: () => void
  readonly notifier: Pick<DesktopNotifier, 'show' | 'withdraw' | 'facts' | 'onFacts' | 'hidden'>
  /** For popups that the system refused. Withdrawing a popup withdraws its toast. */
  readonly toasts: Pick<WindowToasts, 'show' | 'withdraw'>
  readonly sounds: PlaySound
}

type GuardedDeps = Omit<GatedDeps, 'inUse'>

/** What the connection reaches of the app. Its threads still send events while they stop: those end here. */
export class RouteGate {
  readonly guarded: GuardedDeps
  readonly #shown = new Set<string>()
  readonly #withdraw: (tag: string) => void
  readonly #sounds: PlaySound
  #isClosed = false

  constructor({ window, showTray, notifier, toasts, sounds, inUse }: GatedDeps) {
    this.#sounds = sounds
    const withdraw = (this.#withdraw = (tag) => {
      notifier.withdraw(tag)
      toasts.withdraw(tag)
    })
    const marked = (popup: DesktopPopup): DesktopPopup => {
      this.#shown.add(popup.tag)
      const mark = (title: string): string => markedTitle(inUse().connection.label, title)
      const { title, withoutDetails: short } = popup
      return {
        ...popup,
        title: mark(title),
        withoutDetails: short === 'same' ? short : { ...short, title: mark(short.title) },
      }
    }
    const isClosed = (): boolean => this.#isClosed
    const show: ShowPopup = async (popup) => {
      if (isClosed()) return false
      if (popup.urgency === 'critical' && popup.isUpdate !== true) window.flash()
      const shown = await notifier.show(marked(popup))
      // The system shows popups again.
      if (shown) toasts.withdraw(popup.tag)
      if (isClosed()) notifier.withdraw(popup.tag)
      return shown
    }
    this.guarded = {
      window: guardedWindow(window, isClosed),
      showTray: () => {
        if (!isClosed()) showTray()
      },
      notifier: {
        show,
        withdraw,
        get facts() {
          return notifier.facts
        },
        get hidden() {
          return notifier.hidden
        },
        onFacts: (listener) =>
          notifier.onFacts(() => {
            if (!isClosed()) listener()
          }),
      },
      toasts: {
        show: (popup) => {
          if (!isClosed()) toasts.show(marked(popup))
        },
        withdraw: (tag) => toasts.withdraw(tag),
      },
      sounds: {
        play: (kind) => {
          if (!isClosed()) sounds.play(kind)
        },
        stop: () => sounds.stop(),
      },
    }
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  close(): void {
    this.#isClosed = true
    for (const tag of this.#shown) this.#withdraw(tag)
    this.#sounds.stop()
  }
}

function guardedWindow(window: GatedDeps['window'], isClosed: () => boolean): GatedDeps['window'] {
  return {
    get isVisible() {
      return window.isVisible
    },
    push: (push, payload) => {
      if (!isClosed()) window.push(push, payload)
    },
    navigate: (to) => {
      if (!isClosed()) window.navigate(to)
    },
    flash: () => {
      if (!isClosed()) window.flash()
    },
  }
}
