import type { DoNotDisturbRequest } from '#shared/do-not-disturb/do-not-disturb.ts'
import type { DoNotDisturbView } from '#shared/ipc/do-not-disturb-view.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Clock } from './clock.svelte.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** Do not disturb of this console, with the requests to change it. */
export class PageDoNotDisturb {
  readonly #bridge: Bridge
  readonly #clock: Clock
  /** `undefined` until the first reply. */
  view = $state.raw<DoNotDisturbView>()
  /** Why the last request failed, one sentence. */
  problem = $state<string>()

  constructor(bridge: Bridge, clock: Clock) {
    this.#bridge = bridge
    this.#clock = clock
  }

  /** What is in force; `undefined`: off. At its end it is off, before the console says so. */
  readonly active: DoNotDisturbView['active'] = $derived.by(() => {
    const active = this.view?.active
    return active && this.#clock.now < active.until ? active : undefined
  })

  readonly request = async (request: DoNotDisturbRequest): Promise<void> => {
    const result = await this.#bridge['doNotDisturb.request']({ request })
    this.problem = result.ok ? undefined : result.error.message
    if (result.ok) this.view = result.value
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const stops = [
      bridge.on('doNotDisturb.changed', (view) => (this.view = view)),
      retryUntilOk(
        () => bridge['doNotDisturb.get']({}),
        (view) => (this.view ??= view),
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
