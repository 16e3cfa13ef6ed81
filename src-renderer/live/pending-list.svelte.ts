import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { PendingAlert } from '#shared/alert/pending.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** The pending episodes of the main process. Each push is the whole list, so a push before the snapshot replaces it. */
export class PendingList {
  loaded = $state(false)
  problem = $state.raw<IpcFailure>()
  #all = $state.raw<readonly PendingAlert[]>([])
  readonly #bridge: Bridge
  readonly #hasAlert: (id: string) => boolean
  /** An episode that has fired is an alert: the alert comes at once, the shorter list up to a second later. */
  readonly items = $derived(this.#all.filter(({ alertId }) => !this.#hasAlert(alertId)))

  /** `hasAlert`: whether the alert of an episode exists. */
  constructor(bridge: Bridge, hasAlert: (id: string) => boolean) {
    this.#bridge = bridge
    this.#hasAlert = hasAlert
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const off = bridge.on('pending.changed', (pending) => this.#take(pending))
    const stop = retryUntilOk(
      () => bridge['pending.list']({}),
      (pending) => {
        if (!this.loaded) this.#take(pending)
      },
      (failure) => (this.problem = failure),
    )
    return () => {
      off()
      stop()
    }
  }

  #take(pending: readonly PendingAlert[]): void {
    this.#all = pending
    this.loaded = true
    this.problem = undefined
  }
}
