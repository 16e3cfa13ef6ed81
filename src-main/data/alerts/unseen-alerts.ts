import type { ConsoleStore } from '../../store/console-store.ts'
import type { DataEvents } from '../../threads/data-calls.ts'
import type { OpenAlerts } from './open-alerts.ts'
import type { Silences } from './silences.ts'

export interface UnseenAlertsDeps {
  readonly store: ConsoleStore
  readonly alerts: Pick<OpenAlerts, 'get'>
  readonly silences: Pick<Silences, 'isSilenced'>
  /** Epoch ms. */
  readonly now: () => number
  readonly emit: <K extends keyof DataEvents>(event: K, payload: DataEvents[K]) => void
}

/** Publishes which alerts nobody has looked at on this console. */
export class UnseenAlerts {
  readonly #deps: UnseenAlertsDeps
  #published: string

  constructor(deps: UnseenAlertsDeps) {
    this.#deps = deps
    this.#published = this.ids().join()
  }

  /** Without those that are silenced now: they wait as their popups do. */
  ids(): string[] {
    const { store, alerts, silences, now } = this.#deps
    const at = now()
    return store.unseen.ids().filter((id) => {
      const alert = alerts.get(id)
      return alert === undefined || !silences.isSilenced(alert, at)
    })
  }

  /** The operator has looked at these, or at all. */
  see(seen: { readonly ids: readonly string[] } | { readonly all: true }): void {
    const { unseen } = this.#deps.store
    if ('all' in seen) unseen.seeAll()
    else unseen.see(seen.ids)
  }

  /** After a commit that may have changed them. */
  changed(): void {
    const ids = this.ids()
    const text = ids.join()
    if (text === this.#published) return
    this.#published = text
    this.#deps.emit('unseen.changed', ids)
  }
}
