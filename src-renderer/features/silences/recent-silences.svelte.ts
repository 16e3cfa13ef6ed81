import type { IpcFailure } from '#shared/ipc/contract.ts'
import { silenceState } from '#shared/silence/schedule.ts'
import type { Silence, SilenceDraft } from '#shared/silence/silence.ts'
import type { AppState } from '../../live/app-state.svelte.ts'

/** How long the last change offers to be undone. */
const offerMs = 8000

type Change = 'created' | 'extended' | 'expired'

interface Offer {
  readonly change: Change
  /** As it is now. */
  readonly silence: Silence
  /** As it was before. */
  readonly before: Silence | undefined
  /** Epoch ms. */
  readonly until: number
}

/** What this window did to a silence in the last seconds. The newest can be undone. */
export class RecentSilences {
  readonly #app: AppState
  #offer = $state.raw<Offer>()
  #failed = $state.raw<{ readonly failure: IpcFailure; readonly until: number }>()
  #busy = false

  constructor(app: AppState) {
    this.#app = app
  }

  readonly newest: Offer | undefined = $derived.by(() => {
    const { now } = this.#app.clock
    return this.#offer && now < this.#offer.until ? this.#offer : undefined
  })

  /** Why the last undo failed. */
  readonly problem: IpcFailure | undefined = $derived.by(() => {
    const { now } = this.#app.clock
    return this.#failed && now < this.#failed.until ? this.#failed.failure : undefined
  })

  created(silence: Silence): void {
    this.#add({ change: 'created', silence, before: undefined })
  }

  changed(change: 'extended' | 'expired', before: Silence, silence: Silence): void {
    this.#add({ change, silence, before })
  }

  /** Takes back the newest change. One that ended is made anew: it is another one, and its history stays. */
  async undo(): Promise<void> {
    const { newest } = this
    if (!newest || this.#busy) return
    this.#busy = true
    const result = await this.#undo(newest)
    this.#busy = false
    this.#offer = undefined
    this.#failed = result.ok ? undefined : { failure: result.error, until: this.#app.clock.untracked + offerMs }
    if (result.ok) this.#app.silences.take(result.value)
  }

  #undo({ change, silence, before }: Offer) {
    const { bridge } = this.#app
    if (change === 'created' || !before) return bridge['silences.expire']({ id: silence.id })
    const draft = draftOf(before)
    return change === 'extended'
      ? bridge['silences.save']({ id: silence.id, version: silence.version, draft })
      : bridge['silences.save']({ draft })
  }

  #add(offer: Omit<Offer, 'until'>): void {
    this.#failed = undefined
    this.#offer = { ...offer, until: this.#app.clock.untracked + offerMs }
  }
}

/** The part of a silence that can be changed. */
export function draftOf({ matchers, schedule, comment }: Silence): SilenceDraft {
  return { matchers, schedule, comment }
}

/** Whether a silence can be changed: one that ended stays as it is. */
export function isChangeable(silence: Silence, now: number): boolean {
  return silenceState(silence, now) !== 'expired'
}
