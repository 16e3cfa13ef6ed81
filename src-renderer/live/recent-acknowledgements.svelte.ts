import type { AcknowledgementKey } from '#shared/alert/acknowledgement.ts'
import type { Alert } from '#shared/alert/alert.ts'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Clock } from './clock.svelte.ts'

/** How long an acknowledgement offers to be undone. */
const offerMs = 8000

/** Alerts that were acknowledged together. */
interface Given {
  readonly alerts: readonly Alert[]
  /** Epoch ms. */
  readonly until: number
}

export interface RecentAcknowledgementsDeps {
  readonly bridge: Bridge
  readonly clock: Clock
  /** Alerts in their new state, before their push arrives. */
  readonly take: (alerts: readonly Alert[]) => void
}

/** What this window acknowledged in the last seconds, newest last. Each can be undone. */
export class RecentAcknowledgements {
  readonly #deps: RecentAcknowledgementsDeps
  #given = $state.raw<readonly Given[]>([])
  #busy = false
  #said = $state.raw<{ readonly text: string; readonly until: number }>()
  #failed = $state.raw<{ readonly failure: IpcFailure; readonly until: number }>()
  /** The alert whose acknowledgement was undone last. */
  undone = $state.raw<Alert>()

  constructor(deps: RecentAcknowledgementsDeps) {
    this.#deps = deps
  }

  /** The alerts that were acknowledged last, while that can be undone here. Empty: none. */
  readonly newestAll: readonly Alert[] = $derived.by(() => {
    const { now } = this.#deps.clock
    return this.#given.findLast(({ until }) => now < until)?.alerts ?? []
  })

  /** The first of them. */
  readonly newest: Alert | undefined = $derived.by(() => this.newestAll[0])

  /** What else to say about the last act. */
  readonly said: string | undefined = $derived.by(() => {
    const { now } = this.#deps.clock
    return this.#said && now < this.#said.until ? this.#said.text : undefined
  })

  /** Why the last undo failed. */
  readonly problem: IpcFailure | undefined = $derived.by(() => {
    const { now } = this.#deps.clock
    return this.#failed && now < this.#failed.until ? this.#failed.failure : undefined
  })

  /** `alert`: acknowledged just now, by this window. */
  add(alert: Alert): void {
    this.addAll([alert])
  }

  /** Acknowledged together just now, by this window: one undo. `text`: what else to say. */
  addAll(alerts: readonly Alert[], text = ''): void {
    const given = alerts.filter(({ acknowledgement }) => acknowledgement)
    this.say(text)
    if (given.length === 0) return
    const now = Date.now()
    this.#failed = undefined
    this.#given = [...this.#given.filter(({ until }) => now < until), { alerts: given, until: now + offerMs }]
  }

  /** Shows a sentence for some seconds. */
  say(text: string): void {
    this.#said = text === '' ? undefined : { text, until: Date.now() + offerMs }
  }

  /** Undoes the newest acknowledgement. */
  async undoNewest(): Promise<void> {
    await this.undoAll(this.newestAll)
  }

  /** Takes back the acknowledgement of this alert. */
  async undo(alert: Alert): Promise<void> {
    await this.undoAll([alert])
  }

  /** Takes back the acknowledgements of these alerts, in one call. */
  async undoAll(alerts: readonly Alert[]): Promise<void> {
    const given = alerts.flatMap(({ id, acknowledgement: ack }) => (ack ? [{ id, by: ack.by, at: ack.at }] : []))
    const [first] = given
    if (first === undefined || this.#busy) return
    this.#busy = true
    const undone = given.length === 1 ? await this.#undoOne(first) : await this.#undoMany(given)
    this.#busy = false
    const ids = new Set(given.map(({ id }) => id))
    this.#given = this.#given.filter((one) => !one.alerts.some(({ id }) => ids.has(id)))
    this.undone = undone ?? this.undone
  }

  /** @returns the alert without its acknowledgement */
  async #undoOne(given: { readonly id: string } & AcknowledgementKey): Promise<Alert | undefined> {
    const result = await this.#deps.bridge['alerts.unacknowledge'](given)
    this.#failed = result.ok ? undefined : { failure: result.error, until: Date.now() + offerMs }
    this.#said = undefined
    if (!result.ok) return undefined
    this.#deps.take([result.value])
    return result.value
  }

  async #undoMany(given: Array<{ id: string } & AcknowledgementKey>): Promise<Alert | undefined> {
    const result = await this.#deps.bridge['alerts.unacknowledgeMany']({ given })
    this.#failed = result.ok ? undefined : { failure: result.error, until: Date.now() + offerMs }
    if (!result.ok) return undefined
    const { alerts, refused } = result.value
    this.#deps.take(alerts)
    const left = refused.length === 0 ? '' : ` ${refused.length} were left out. ${refused[0]?.message ?? ''}`
    this.say(`Undone for ${alerts.length}.${left}`)
    return alerts[0]
  }
}
