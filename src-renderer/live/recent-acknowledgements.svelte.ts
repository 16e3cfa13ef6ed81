import type { AcknowledgementKey } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Clock } from './clock.svelte.ts'

/** How long an acknowledgement offers to be undone. */
const offerMs = 8000

interface Given {
  readonly alert: Alert
  readonly acknowledgement: AcknowledgementKey
  /** Epoch ms. */
  readonly until: number
}

export interface RecentAcknowledgementsDeps {
  readonly bridge: Bridge
  readonly clock: Clock
  /** An alert in its new state, before its push arrives. */
  readonly take: (alert: Alert) => void
}

/** What this window acknowledged in the last seconds, newest last. Each can be undone. */
export class RecentAcknowledgements {
  readonly #deps: RecentAcknowledgementsDeps
  #given = $state.raw<readonly Given[]>([])
  #busy = false
  /** Why the last undo failed. */
  problem = $state.raw<IpcFailure>()
  /** The alert whose acknowledgement was undone last. */
  undone = $state.raw<Alert>()

  constructor(deps: RecentAcknowledgementsDeps) {
    this.#deps = deps
  }

  /** The alert that was acknowledged last, while that can be undone here. */
  readonly newest: Alert | undefined = $derived.by(() => {
    const { now } = this.#deps.clock
    return this.#given.findLast(({ until }) => now < until)?.alert
  })

  /** `alert`: acknowledged just now, by this window. */
  add(alert: Alert): void {
    const { acknowledgement } = alert
    if (!acknowledgement) return
    const now = Date.now()
    this.problem = undefined
    this.#given = [...this.#given.filter(({ until }) => now < until), { alert, acknowledgement, until: now + offerMs }]
  }

  /** Undoes the newest acknowledgement. */
  async undoNewest(): Promise<void> {
    const { newest } = this
    if (newest) await this.undo(newest)
  }

  /** Takes back the acknowledgement of this alert. */
  async undo(alert: Alert): Promise<void> {
    const { acknowledgement } = alert
    if (!acknowledgement || this.#busy) return
    this.#busy = true
    const { by, at } = acknowledgement
    const result = await this.#deps.bridge['alerts.unacknowledge']({ id: alert.id, by, at })
    this.#busy = false
    this.#given = this.#given.filter((given) => given.alert.id !== alert.id)
    this.problem = result.ok ? undefined : result.error
    if (!result.ok) return
    this.#deps.take(result.value)
    this.undone = result.value
  }
}
