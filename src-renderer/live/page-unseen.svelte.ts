import type { AwaySummary } from '#shared/alert/away.ts'
import type { Bridge } from '../bridge/bridge.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** Which alerts nobody has looked at on this console, and what fired while nobody could see it. */
export class PageUnseen {
  readonly #bridge: Bridge
  #ids = $state.raw<ReadonlySet<string>>(new Set())
  /** What fired in the last absence, until it is dismissed. */
  away = $state.raw<AwaySummary>()
  /** The absence whose alerts the list shows, and no others. */
  shown = $state.raw<AwaySummary>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  get count(): number {
    return this.#ids.size
  }

  get ids(): ReadonlySet<string> {
    return this.#ids
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** The operator has looked at this alert. */
  async see(id: string): Promise<void> {
    if (this.has(id)) await this.#bridge['alerts.seen']({ ids: [id] })
  }

  async seeAll(): Promise<void> {
    await this.#bridge['alerts.seen']({ all: true })
  }

  async dismissAway(): Promise<void> {
    this.away = undefined
    await this.#bridge['away.dismiss']({})
  }

  /** Shows the alerts of the absence. Its line has done its work. */
  showAway(): void {
    this.shown = this.away
    void this.dismissAway()
  }

  showAllAgain(): void {
    this.shown = undefined
  }

  /** @returns stops following */
  follow(): () => void {
    const bridge = this.#bridge
    const pushed = { ids: false, away: false }
    const stops = [
      bridge.on('unseen.changed', (ids) => {
        pushed.ids = true
        this.#ids = new Set(ids)
      }),
      bridge.on('away.changed', (away) => {
        pushed.away = true
        this.away = away ?? undefined
      }),
      retryUntilOk(
        () => bridge['unseen.list']({}),
        (ids) => {
          if (!pushed.ids) this.#ids = new Set(ids)
        },
      ),
      retryUntilOk(
        () => bridge['away.get']({}),
        (away) => {
          if (!pushed.away) this.away = away ?? undefined
        },
      ),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
