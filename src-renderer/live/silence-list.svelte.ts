import type { Silence } from '#shared/silence/silence.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** All silences, newest first. Each push is the whole list, so a push before the snapshot replaces it. */
export class SilenceList {
  loaded = $state(false)
  items = $state.raw<readonly Silence[]>([])
  readonly #bridge: Bridge

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const off = bridge.on('silences.changed', (silences) => this.#take(silences))
    const stop = retryUntilOk(
      () => bridge['silences.list']({}),
      (silences) => {
        if (!this.loaded) this.#take(silences)
      },
      // The list comes with the next change.
      () => undefined,
    )
    return () => {
      off()
      stop()
    }
  }

  #take(silences: readonly Silence[]): void {
    this.items = silences
    this.loaded = true
  }
}
