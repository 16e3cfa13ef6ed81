import { type Alert, isOwnAlert } from '#shared/alert/alert.ts'
import type { IpcReply, IpcResult } from '#shared/ipc/contract.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import type { AlertsPage } from './alerts-page.svelte.ts'
import { countText, refusedText } from './many-text.ts'

type Reply = IpcResult<IpcReply<'alerts.actOnMany'>>

/** What an operator does to the marked alerts, or to the selected one: one call, one undo. */
export class ManyActs {
  readonly #app: AppState
  readonly #page: AlertsPage

  constructor(app: AppState, page: AlertsPage) {
    this.#app = app
    this.#page = page
  }

  /** The marked alerts; without any, the selected one. */
  readonly targets: readonly Alert[] = $derived.by(() => {
    const { marked, selected } = this.#page
    return marked.length > 0 || selected === undefined ? marked : [selected]
  })

  get isMany(): boolean {
    return this.#page.marked.length > 0
  }

  /** The targets that this operator can acknowledge. */
  readonly acknowledgeable: readonly Alert[] = $derived.by(() => {
    const page = this.#page
    const canAcknowledge = (alert: Alert): boolean => alert.phase === 'firing' && !page.isAcknowledged(alert)
    return this.targets.filter((alert) => page.mayActOn(alert) && canAcknowledge(alert))
  })

  /** The targets whose acknowledgement this operator can take back. */
  readonly acknowledged: readonly Alert[] = $derived.by(() => {
    const page = this.#page
    const isAcknowledged = (alert: Alert): boolean => alert.phase === 'firing' && page.isAcknowledged(alert)
    return this.targets.filter((alert) => page.mayActOn(alert) && isAcknowledged(alert))
  })

  /** Whether notes can be written. */
  get canNote(): boolean {
    return this.targets.length > 0 && this.targets.every((alert) => this.#page.mayActOn(alert))
  }

  /** Whether they can be given to a colleague: nobody else has the alerts of this console about itself. */
  get canAssign(): boolean {
    return this.canNote && this.#app.session.hasBackend && !this.targets.some(isOwnAlert)
  }

  /** @returns whether something was acknowledged */
  async acknowledge(): Promise<boolean> {
    const page = this.#page
    if (!this.isMany) return page.acknowledge()
    const targets = this.acknowledgeable
    const given = targets.length > 0 ? page.acknowledgement() : undefined
    if (given === undefined) return false
    const ids = targets.map(({ id }) => id)
    const next = page.following(new Set(ids))
    const done = await this.#run(() =>
      this.#app.bridge['alerts.actOnMany']({ ids, act: { kind: 'acknowledge', ...given } }),
    )
    if (done === undefined) return false
    this.#app.acknowledged.addAll(done.alerts, refusedText(done.refused, ids.length))
    page.marks.clear()
    page.finish(next)
    return done.alerts.length > 0
  }

  async unacknowledge(): Promise<void> {
    if (!this.isMany) return this.#page.unacknowledge()
    await this.#app.acknowledged.undoAll(this.acknowledged)
    this.#page.marks.clear()
  }

  /** Adds the typed comment. @returns whether that was possible */
  async comment(): Promise<boolean> {
    const comment = this.#page.comment.trim()
    const ids = this.targets.map(({ id }) => id)
    if (!this.canNote || comment === '') return false
    return this.#note(ids, { kind: 'comment', comment }, (count) => `Commented on ${count}`)
  }

  /** `to`: a user. The operator themselves: they take it over. */
  async assign(to: string): Promise<boolean> {
    const ids = this.targets.map(({ id }) => id)
    if (!this.canNote) return false
    const text = (count: string): string => (to === this.me ? `Took over ${count}` : `Gave ${count} to ${to}`)
    return this.#note(ids, { kind: 'assign', to, comment: this.#page.comment.trim() }, text)
  }

  /** Who the operator is: the signed-in user, or the user of this computer. */
  get me(): string | undefined {
    return this.#app.session.user?.username ?? this.#app.info?.user
  }

  async takeOver(): Promise<boolean> {
    return this.me === undefined ? false : this.assign(this.me)
  }

  async #note(
    ids: string[],
    act: { kind: 'comment'; comment: string } | { kind: 'assign'; to: string; comment: string },
    text: (count: string) => string,
  ): Promise<boolean> {
    const done = await this.#run(() => this.#app.bridge['alerts.actOnMany']({ ids, act }))
    if (done === undefined) return false
    const refused = refusedText(done.refused, ids.length)
    this.#app.acknowledged.say([`${text(countText(done.alerts.length))}.`, refused].filter(Boolean).join(' '))
    this.#page.finish()
    return true
  }

  async #run(call: () => Promise<Reply>): Promise<IpcReply<'alerts.actOnMany'> | undefined> {
    const page = this.#page
    if (page.busy) return undefined
    page.busy = true
    page.problem = undefined
    const result = await call()
    page.busy = false
    if (!result.ok) {
      page.problem = result.error
      return undefined
    }
    this.#app.alerts.take(result.value.alerts)
    return result.value
  }
}
