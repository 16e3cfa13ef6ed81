import type { Log } from '#shared/log.ts'
import type { DesktopPopup } from './desktop-popup.ts'
import type { PopupFacts, PopupSystem } from './popup-system.ts'

/** Number of popups since the start. `channel` and `result` are labels of a Prometheus counter. */
export interface NotificationCount {
  readonly channel: 'desktop'
  readonly result: 'shown' | 'failed'
  readonly count: number
}

export interface NotifierDeps {
  readonly system: PopupSystem
  readonly log: Log
}

/** Passes popups to the operating system, and counts the results. */
export class DesktopNotifier {
  readonly #deps: NotifierDeps
  readonly #counts = { shown: 0, failed: 0 }
  readonly #listeners = new Set<() => void>()
  #announced = ''
  #last: { readonly problem: string | undefined } | undefined

  constructor(deps: NotifierDeps) {
    this.#deps = deps
    deps.system.onFacts(() => {
      // What was true of the last popup may no longer be.
      this.#last = undefined
      this.#announce()
    })
  }

  get counts(): readonly NotificationCount[] {
    const { shown, failed } = this.#counts
    return [
      { channel: 'desktop', result: 'shown', count: shown },
      { channel: 'desktop', result: 'failed', count: failed },
    ]
  }

  /** What is known of the popups of this computer. The last popup proves that they work, or why not. */
  get facts(): PopupFacts {
    const { problem: general, ...facts } = this.#deps.system.facts
    const problem = this.#last ? this.#last.problem : general
    return { ...facts, ...(problem === undefined ? {} : { problem }) }
  }

  /** The last popup was shown, and nothing has changed since. */
  get hasShown(): boolean {
    return this.#last !== undefined && this.#last.problem === undefined
  }

  /** Calls `listener` after each change of `facts` or `hasShown`. @returns stops */
  onFacts(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async show(popup: DesktopPopup): Promise<boolean> {
    return (await this.try(popup)) === undefined
  }

  /** @returns why the system did not show it, as sentences; `undefined` if it did */
  async try(popup: DesktopPopup): Promise<string | undefined> {
    const problem = await this.#deps.system.show(popup)
    const shown = problem === undefined
    this.#counts[shown ? 'shown' : 'failed']++
    if (!shown) this.#deps.log.error('notification not shown', { tag: popup.tag, problem })
    this.#last = { problem }
    this.#announce()
    return problem
  }

  /** Removes the popup from the screen, if it is shown. */
  withdraw(tag: string): void {
    this.#deps.system.withdraw(tag)
  }

  /** Removes all popups: after the exit, their clicks have no effect. */
  end(): Promise<void> {
    return this.#deps.system.end()
  }

  #announce(): void {
    const text = JSON.stringify([this.facts, this.hasShown])
    if (text === this.#announced) return
    this.#announced = text
    for (const listener of this.#listeners) listener()
  }
}
