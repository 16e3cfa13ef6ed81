import type { Alert } from '#shared/alert/alert.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import { windowAt } from '#shared/silence/schedule.ts'
import { silenceIndex } from '#shared/silence/silence-index.ts'
import type { Silence } from '#shared/silence/silence.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Clock } from './clock.svelte.ts'
import { retryUntilOk } from './retry-until-ok.ts'

interface SilenceListDeps {
  readonly bridge: Bridge
  readonly clock: Clock
  readonly alerts: () => readonly Alert[]
}

const none: readonly Silence[] = []

/** All silences, and which alerts they silence now. Each push is the whole list, so a push before the snapshot replaces it. */
export class SilenceList {
  readonly #deps: SilenceListDeps
  items = $state.raw<readonly Silence[]>([])
  loaded = $state(false)
  problem = $state.raw<IpcFailure>()
  readonly #index = $derived.by(() => silenceIndex(this.items))
  /** Until then the same silences are active: matching is repeated only after it, not every second. */
  readonly #until = $derived.by(() => this.#index.unchangedUntil(this.#deps.clock.now))

  constructor(deps: SilenceListDeps) {
    this.#deps = deps
  }

  /** The silences that are active now. */
  readonly active: readonly Silence[] = $derived.by(() => {
    void this.#until
    return this.#index.active(this.#now)
  })

  /** The silences of each silenced alert, by its id. The one that ends last is the first. */
  readonly #byAlert: ReadonlyMap<string, readonly Silence[]> = $derived.by(() => {
    void this.#until
    const now = this.#now
    const byAlert = new Map<string, readonly Silence[]>()
    for (const alert of this.#deps.alerts()) {
      const silences = this.#index.silencesOf(alert, now)
      if (silences.length > 0) byAlert.set(alert.id, silences)
    }
    return byAlert
  })

  /** The firing alerts that are silenced now. */
  readonly alerts: readonly Alert[] = $derived.by(() => this.#deps.alerts().filter(({ id }) => this.#byAlert.has(id)))

  readonly isSilenced = ({ id }: { readonly id: string }): boolean => this.#byAlert.has(id)

  /** The silence of this alert that ends last. */
  of(alertId: string): Silence | undefined {
    return this.#byAlert.get(alertId)?.[0]
  }

  /** When the window of each active silence ends, epoch ms, by its id. */
  readonly ends: ReadonlyMap<string, number> = $derived.by(() => {
    const now = this.#now
    return new Map(
      this.active.flatMap((silence) => {
        const window = windowAt(silence, now)
        return window ? [[silence.id, window.until] as const] : []
      }),
    )
  })

  /** How many firing alerts each silence silences now, by its id. */
  readonly counts: ReadonlyMap<string, number> = $derived.by(() => {
    const counts = new Map<string, number>()
    for (const silences of this.#byAlert.values())
      for (const { id } of silences) counts.set(id, (counts.get(id) ?? 0) + 1)
    return counts
  })

  /** Adds or replaces one: from our own calls, before their push arrives. */
  take(changed: Silence): void {
    const known = this.items.find(({ id }) => id === changed.id)
    if (known && known.version > changed.version) return
    this.items = [changed, ...this.items.filter(({ id }) => id !== changed.id)]
  }

  /** @returns stops following */
  follow(): () => void {
    const { bridge } = this.#deps
    const off = bridge.on('silences.changed', (silences) => this.#take(silences))
    const stop = retryUntilOk(
      () => bridge['silences.list']({}),
      (silences) => {
        if (!this.loaded) this.#take(silences)
      },
      (failure) => (this.problem = failure),
    )
    return () => {
      off()
      stop()
    }
  }

  /** Only the next window boundary asks again: a tick of the clock does not. */
  get #now(): number {
    return this.#deps.clock.untracked
  }

  #take(silences: readonly Silence[]): void {
    this.items = silences.length === 0 ? none : silences
    this.loaded = true
    this.problem = undefined
  }
}
