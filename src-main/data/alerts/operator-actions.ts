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
  /** Actions are sent to a backend. */
  readonly hasBackend: boolean
}

/** Local acknowledgements, and the queue of actions that the backend has not confirmed. */
export class OperatorActions {
  readonly #deps: OperatorActionsDeps

  constructor(deps: OperatorActionsDeps) {
    this.#deps = deps
  }

  /** All actions in the queue, oldest first. */
  list(): OperatorAction[] {
    return this.#deps.store.team.actions()
  }

  /** Applies immediately here; with a backend it is also queued as an action. Throws `CallError`. */
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
      store.alerts.save(outcome.alert, event)
    }
    alerts.replace(outcome.alert)
    return outcome.alert
  }

  add(action: OperatorAction): void {
    this.#deps.store.team.addAction(action)
  }

  /**
   * Applies the backend's answer to an action.
   * @returns the alert whose acknowledgement was refused and removed here; otherwise `undefined`
   */
  settle(id: string, outcome: ActionResult): Alert | undefined {
    const { store, alerts } = this.#deps
    const action = store.team.action(id)
    if (!action) return undefined
    if (outcome.state === 'done') {
      this.#finish(action)
      return undefined
    }
    // It was superseded while it was being sent. Do not send it again.
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

  /** Removes an action that the operator has seen. A waiting action may already be on its way: conflict. */
  dismiss(id: string): void {
    const action = this.#deps.store.team.action(id)
    if (action?.state === 'waiting') throw new CallError('conflict', 'ReMo is already sending this change.')
    if (action) this.#finish(action)
  }

  /** Keeps the acknowledgement until the backend's record of the alert arrives, so that it does not flicker. */
  #finish(action: OperatorAction): void {
    this.#deps.store.team.finishAction(action, this.#acknowledgedBy(action) !== undefined)
  }

  /** The open alert whose acknowledgement came from this action. */
  #acknowledgedBy({ change }: OperatorAction): Alert | undefined {
    if (change.kind !== 'acknowledge') return undefined
    const ack = this.#deps.alerts.get(change.alertId)?.acknowledgement
    const isThis = ack?.by === change.acknowledgement.by && ack.at === change.acknowledgement.at
    return isThis ? this.#deps.alerts.get(change.alertId) : undefined
  }

  #alert(id: string): Alert {
    const alert = this.#deps.alerts.get(id) ?? this.#deps.store.alerts.get(id)
    if (!alert) throw new CallError('not-found', 'This alert is no longer in the local cache.')
    return alert
  }
}
