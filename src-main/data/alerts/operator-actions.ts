import { randomUUID } from 'node:crypto'
import { acknowledge, withAcknowledgement } from '#shared/alert/acknowledgement.ts'
import type { Acknowledgement, Alert, AlertEvent } from '#shared/alert/alert.ts'
import type { OperatorAction } from '#shared/team/operator-action.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import { CallError } from '../../threads/call-error.ts'
import type { ActionResult } from '../../threads/data-calls.ts'
import type { OpenAlerts } from './open-alerts.ts'

export interface OperatorActionsDeps {
  readonly store: ConsoleStore
  readonly alerts: OpenAlerts
  /** A backend is to hear of what is done here. */
  readonly hasBackend: boolean
}

/** What operators do to alerts here, and what of all they do the backend has still to hear. */
export class OperatorActions {
  readonly #deps: OperatorActionsDeps

  constructor(deps: OperatorActionsDeps) {
    this.#deps = deps
  }

  /** All that are kept, oldest first. */
  list(): OperatorAction[] {
    return this.#deps.store.team.actions()
  }

  /** With a backend it holds here at once, and goes out as an action. Throws `CallError`. */
  acknowledge(alertId: string, acknowledgement: Acknowledgement): Alert {
    const { store, alerts, hasBackend } = this.#deps
    const outcome = acknowledge(this.#alert(alertId), acknowledgement)
    if (!outcome.ok) throw new CallError('conflict', outcome.message)
    const { by, at, comment } = acknowledgement
    const event: AlertEvent = { alertId, kind: 'acknowledged', at, by, comment }
    if (hasBackend) {
      const change = { kind: 'acknowledge', alertId, acknowledgement } as const
      store.team.saveAcknowledged(outcome.alert, event, { id: randomUUID(), at, user: by, change, state: 'waiting' })
    } else {
      store.saveAlert(outcome.alert, event)
    }
    alerts.replace(outcome.alert)
    return outcome.alert
  }

  add(action: OperatorAction): void {
    this.#deps.store.team.addAction(action)
  }

  /** What the backend said of an action. Returns the alert that lost its acknowledgement by it. */
  settle(id: string, outcome: ActionResult): Alert | undefined {
    const { store, alerts } = this.#deps
    const action = store.team.action(id)
    if (!action) return undefined
    if (outcome.state === 'done') {
      this.#finish(action)
      return undefined
    }
    // What it was about has changed while it was on its way: it is not to be sent again.
    if (outcome.state === 'waiting' && action.state !== 'waiting') return undefined
    const settled: OperatorAction = { ...action, state: outcome.state, problem: outcome.problem }
    const alert = outcome.state === 'refused' ? this.#acknowledgedBy(action) : undefined
    if (alert === undefined) {
      store.team.saveAction(settled)
      return undefined
    }
    const without = withAcknowledgement(alert, undefined)
    store.team.saveRefused(without, settled)
    alerts.replace(without)
    return without
  }

  /** The operator has seen what came of it. What still waits cannot be taken back: it may be on its way. */
  dismiss(id: string): void {
    const action = this.#deps.store.team.action(id)
    if (action?.state === 'waiting') throw new CallError('conflict', 'ReMo is already sending this change.')
    if (action) this.#finish(action)
  }

  /** An acknowledgement stays here until the backend's own record of the alert is read: nobody sees it go and come. */
  #finish(action: OperatorAction): void {
    this.#deps.store.team.finishAction(action, this.#acknowledgedBy(action) !== undefined)
  }

  /** The alert that fires acknowledged by this very action. */
  #acknowledgedBy({ change }: OperatorAction): Alert | undefined {
    if (change.kind !== 'acknowledge') return undefined
    const ack = this.#deps.alerts.get(change.alertId)?.acknowledgement
    const isThis = ack?.by === change.acknowledgement.by && ack.at === change.acknowledgement.at
    return isThis ? this.#deps.alerts.get(change.alertId) : undefined
  }

  #alert(id: string): Alert {
    const alert = this.#deps.alerts.get(id) ?? this.#deps.store.alert(id)
    if (!alert) throw new CallError('not-found', 'This alert is no longer in the local cache.')
    return alert
  }
}
