import type { Toast, ToastAct } from '#shared/ipc/toast-calls.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** The most toasts on the screen. */
const mostShown = 3

/** Notifications that the operating system refused. Each push is the whole list. */
export class PageToasts {
  readonly #bridge: Bridge
  #loaded = false
  #all = $state.raw<readonly Toast[]>([])

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** On the screen, oldest first: critical ones before others, then the newest. */
  readonly shown: readonly Toast[] = $derived.by(() => {
    const critical = this.#all.filter(({ urgency }) => urgency === 'critical')
    const others = this.#all.filter(({ urgency }) => urgency !== 'critical')
    const first = new Set([...critical.toReversed(), ...others.toReversed()].slice(0, mostShown))
    return this.#all.filter((toast) => first.has(toast))
  })

  /** How many wait for a place. */
  readonly more: number = $derived(this.#all.length - this.shown.length)

  /** The toast goes at once; the main process does the rest. */
  async act(tag: string, act: ToastAct): Promise<void> {
    this.#all = this.#all.filter((toast) => toast.tag !== tag)
    await this.#bridge['toasts.act']({ tag, act })
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#all.map(({ tag }) => this.act(tag, 'close')))
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const off = bridge.on('toasts.changed', (toasts) => this.#take(toasts))
    const stop = retryUntilOk(
      () => bridge['toasts.list']({}),
      (toasts) => {
        if (!this.#loaded) this.#take(toasts)
      },
      // They come with the next change.
      () => undefined,
    )
    return () => {
      off()
      stop()
    }
  }

  #take(toasts: readonly Toast[]): void {
    this.#all = toasts
    this.#loaded = true
  }
}
