import type { Log } from '#shared/log.ts'
import { howToSee } from '#shared/notification/hidden-details.ts'
import type { HiddenDetails } from '#shared/notification/notification-plan.ts'
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
  /** Whether popups must not say names and values, by the settings and by what others see of the screen. */
  readonly hides: (system: Pick<PopupFacts, 'isInhibited'>) => HiddenDetails | undefined
  readonly log: Log
}

/** A popup on the screen that has details. */
interface Detailed {
  readonly popup: DesktopPopup
  /** As its text on the screen was written. */
  readonly hidden: HiddenDetails | undefined
}

/**
 * Passes popups to the operating system, and counts the results. All popups pass here, so here their details are hidden
 * on a screen that others can read. Their text follows when that ends.
 */
export class DesktopNotifier {
  readonly #deps: NotifierDeps
  readonly #counts = { shown: 0, failed: 0 }
  readonly #listeners = new Set<() => void>()
  /** By tag. */
  readonly #detailed = new Map<string, Detailed>()
  #announced = ''
  #last: { readonly problem: string | undefined } | undefined

  constructor(deps: NotifierDeps) {
    this.#deps = deps
    deps.system.onFacts(() => {
      // What was true of the last popup may no longer be.
      this.#last = undefined
      this.#announce()
      this.update()
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

  /** Whether popups must not say names and values now. */
  get hidden(): HiddenDetails | undefined {
    return this.#deps.hides(this.#deps.system.facts)
  }

  /** `hidden` may have changed: popups on the screen lose or get their details. */
  update(): void {
    const { hidden } = this
    for (const { popup, hidden: before } of [...this.#detailed.values()]) {
      if (before !== hidden) void this.try({ ...popup, isUpdate: true })
    }
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
    const problem = await this.#deps.system.show(this.#asSeen(popup))
    const shown = problem === undefined
    if (!shown && this.#detailed.get(popup.tag)?.popup === popup) this.#detailed.delete(popup.tag)
    this.#counts[shown ? 'shown' : 'failed']++
    if (!shown) this.#deps.log.error('notification not shown', { tag: popup.tag, problem })
    this.#last = { problem }
    this.#announce()
    return problem
  }

  /** Removes the popup from the screen, if it is shown. */
  withdraw(tag: string): void {
    this.#detailed.delete(tag)
    this.#deps.system.withdraw(tag)
  }

  /** Removes all popups: after the exit, their clicks have no effect. */
  end(): Promise<void> {
    this.#detailed.clear()
    return this.#deps.system.end()
  }

  /** The popup as the screen may show it now. */
  #asSeen(popup: DesktopPopup): DesktopPopup {
    const { tag, withoutDetails } = popup
    this.#detailed.delete(tag)
    if (withoutDetails === 'same') return popup
    const { hidden } = this
    this.#detailed.set(tag, { popup, hidden })
    const onClose = (): void => {
      this.#detailed.delete(tag)
      popup.onClose?.()
    }
    if (hidden === undefined) return { ...popup, onClose }
    const body = `${withoutDetails.body} ${howToSee(hidden)} to see more.`.trim()
    return { ...popup, title: withoutDetails.title, body, buttons: [], onClose }
  }

  #announce(): void {
    const text = JSON.stringify([this.facts, this.hasShown])
    if (text === this.#announced) return
    this.#announced = text
    for (const listener of this.#listeners) listener()
  }
}
