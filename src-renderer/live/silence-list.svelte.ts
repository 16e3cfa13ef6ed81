import { untrack } from 'svelte'
import type { Alert } from '#shared/alert/alert.ts'
import { silenceIndex } from '#shared/silence/silence-index.ts'
import type { Silence } from '#shared/silence/silence.ts'
import { silencedNow } from '#shared/silence/silenced-now.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Clock } from './clock.svelte.ts'
import { retryUntilOk } from './retry-until-ok.ts'

/** All silences, newest first. Each push is the whole list, so a push before the snapshot replaces it. */
export class SilenceList {
  loaded = $state(false)
  items = $state.raw<readonly Silence[]>([])
  readonly #bridge: Bridge
  readonly #clock: Pick<Clock, 'now'>
  readonly index = $derived.by(() => silenceIndex(this.items))
  /** Lists depend on this number, which changes only when a window begins or ends. */
  readonly #unchangedUntil = $derived.by(() => this.index.unchangedUntil(this.#clock.now))
  /** Whether a silence matches the alert now. Another function when that may have changed. */
  readonly isSilenced: (alert: Alert) => boolean = $derived.by(() => {
    const ask = silencedNow(this.index)
    void this.#unchangedUntil
    const now = untrack(() => this.#clock.now)
    return (alert) => ask(alert, now)
  })

  constructor(bridge: Bridge, clock: Pick<Clock, 'now'>) {
    this.#bridge = bridge
    this.#clock = clock
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
