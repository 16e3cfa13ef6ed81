import type { HeldAlert } from '#shared/alert/held.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** The alerts that a hold keeps open, by id. Each push is the whole list, so a push before the snapshot replaces it. */
export class HeldList {
  #loaded = false
  #byId = $state.raw<ReadonlyMap<string, HeldAlert>>(new Map())
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** The hold of an alert; `undefined` if its value is not below a level. */
  of(alertId: string): HeldAlert | undefined {
    return this.#byId.get(alertId)
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const off = bridge.on('held.changed', (held) => this.#take(held))
    const stop = retryUntilOk(
      () => bridge['held.list']({}),
      (held) => {
        if (!this.#loaded) this.#take(held)
      },
      // Without the list, alerts only lack the time at which they resolve. It comes with the next change.
      () => undefined,
    )
    return () => {
      off()
      stop()
    }
  }

  #take(held: readonly HeldAlert[]): void {
    this.#byId = new Map(held.map((one) => [one.alertId, one]))
    this.#loaded = true
  }
}
