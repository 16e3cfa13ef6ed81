import { randomUUID } from 'node:crypto'
import {
  acknowledge,
  unacknowledge,
  withAcknowledgement,
  type AcknowledgementKey,
} from '#shared/alert/acknowledgement.ts'
import type { Acknowledgement, Alert, AlertEvent } from '#shared/alert/alert.ts'
import { isSilenceChange, type OperatorAction, silenceIdOf } from '#shared/team/operator-action.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import { CallError } from '../../threads/call-error.ts'
import type { ActionResult } from '../../threads/data-calls.ts'
import type { Silences } from './silences.ts'
import type { OpenAlerts } from './open-alerts.ts'

export interface OperatorActionsDeps {
  readonly store: ConsoleStore
  readonly alerts: OpenAlerts
  readonly silences: Pick<Silences, 'versionOf'>
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

  /**
   * Takes back an acknowledgement: immediately here; with a backend that is also queued as an action. Throws `CallError`.
   * @param given the acknowledgement that is meant
   * @param by who takes it back, and when (epoch ms)
   */
  unacknowledge(alertId: string, given: AcknowledgementKey, by: { readonly user: string; readonly at: number }): Alert {
    const { store, alerts, hasBackend } = this.#deps
    const before = this.#alert(alertId)
    const outcome = unacknowledge(before, given)
    const { acknowledgement } = before
    if (!outcome.ok || !acknowledgement) {
      throw new CallError('conflict', outcome.ok ? 'This alert is not acknowledged.' : outcome.message)
    }
    const event: AlertEvent = { alertId, kind: 'unacknowledged', at: by.at, by: by.user }
    if (hasBackend) {
      const change = { kind: 'unacknowledge', alertId, acknowledgement } as const
      store.team.saveAcknowledged(outcome.alert, event, { id: randomUUID(), ...by, change, state: 'waiting' })
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
   * @returns the alert that this changed: what was refused is undone here; otherwise `undefined`
   */
  settle(id: string, outcome: ActionResult): Alert | undefined {
    const { store, alerts } = this.#deps
    const action = store.team.action(id)
    if (!action) return undefined
    if (outcome.state === 'done' && isSilenceChange(action.change)) {
      this.#finishSilence(action, silenceIdOf(action.change), outcome.silenceVersion)
      return undefined
    }
    if (outcome.state === 'done') return this.#finish(action, outcome.alertVersion)
    // It was superseded while it was being sent. Do not send it again.
    if (outcome.state === 'waiting' && action.state !== 'waiting') return undefined
    const settled: OperatorAction = { ...action, state: outcome.state, problem: outcome.problem }
    const undone = outcome.state === 'refused' ? this.#undone(action) : undefined
    if (undone === undefined) {
      store.team.saveAction(settled)
      return undefined
    }
    store.team.saveRefused(undone, settled)
    alerts.replace(undone)
    return undone
  }

  /** Removes an action that the operator has seen. A waiting action may already be on its way: conflict. */
  dismiss(id: string): void {
    const action = this.#deps.store.team.action(id)
    if (action?.state === 'waiting') throw new CallError('conflict', 'ReMo is already sending this change.')
    if (action) this.#deps.store.team.finishAction(action, false)
  }

  /**
   * Keeps the action until the backend's record of the alert shows its result, so that the acknowledgement does not
   * flicker. If a later record came before this answer, it counts: somebody may have taken the acknowledgement back.
   */
  #finish(action: OperatorAction, version: number | undefined): Alert | undefined {
    const { store, alerts } = this.#deps
    const alert = this.#acknowledgedBy(action)
    const alertId = alertIdOf(action)
    const seen = alertId === undefined ? 0 : (store.team.officialVersion(alertId) ?? 0)
    const isSeen = version !== undefined && seen >= version
    const isTakenBack = isSeen && alertId !== undefined && store.team.isKnownUnacknowledged(alertId)
    const isUnsettled = action.change.kind === 'unacknowledge' ? version !== undefined : alert !== undefined
    store.team.finishAction(action, isUnsettled && !isSeen, version)
    if (!alert || !isTakenBack) return undefined
    const without = withAcknowledgement(alert, undefined)
    store.alerts.save(without, { alertId: alert.id, kind: 'unacknowledged', at: action.at })
    alerts.replace(without)
    return without
  }

  /** Keeps the change in effect until the backend's record of the silence shows it. */
  #finishSilence(action: OperatorAction, silenceId: string, version = 0): void {
    const { store, silences } = this.#deps
    store.team.finishAction(action, version > silences.versionOf(silenceId), version + 1)
  }

  /** The alert without the effect of this action; `undefined` if it has none. */
  #undone(action: OperatorAction): Alert | undefined {
    const { change } = action
    if (change.kind !== 'unacknowledge') {
      const alert = this.#acknowledgedBy(action)
      return alert && withAcknowledgement(alert, undefined)
    }
    const alert = this.#deps.alerts.get(change.alertId)
    return alert?.phase === 'firing' && alert.acknowledgement === undefined
      ? withAcknowledgement(alert, change.acknowledgement)
      : undefined
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

function alertIdOf({ change }: OperatorAction): string | undefined {
  return change.kind === 'acknowledge' || change.kind === 'unacknowledge' ? change.alertId : undefined
}
