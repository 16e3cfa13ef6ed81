import { randomUUID } from 'node:crypto'
import { withAcknowledgement, type AcknowledgementKey } from '#shared/alert/acknowledgement.ts'
import { applyAct, type AlertAct } from '#shared/alert/alert-act.ts'
import { type Acknowledgement, type Alert, type AlertNote, isNodeAlert } from '#shared/alert/alert.ts'
import { withoutNote } from '#shared/alert/note.ts'
import {
  isAlertChange,
  isNoteChange,
  isSilenceChange,
  type OperatorAction,
  silenceIdOf,
} from '#shared/team/operator-action.ts'
import type { ConsoleStore } from '../../store/console-store.ts'
import type { SavedAct } from '../../store/groups/team-store.ts'
import { CallError } from '../../threads/call-error.ts'
import type { ActedOn, ActionResult, ActRequest } from '../../threads/data-calls.ts'
import type { Silences } from './silences.ts'
import type { OpenAlerts } from './open-alerts.ts'

export interface OperatorActionsDeps {
  readonly store: ConsoleStore
  readonly alerts: OpenAlerts
  readonly silences: Pick<Silences, 'versionOf'>
  /** Actions are sent to a backend. */
  readonly hasBackend: boolean
}

const gone = { ok: false, code: 'not-found', message: 'This alert is no longer in the local cache.' } as const

/** Local acknowledgements and notes, and the queue of actions that the backend has not confirmed. */
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
    return this.#one(alertId, { kind: 'acknowledge', acknowledgement })
  }

  /**
   * Takes back an acknowledgement: immediately here; with a backend that is also queued as an action. Throws `CallError`.
   * @param given the acknowledgement that is meant
   * @param by who takes it back, and when (epoch ms)
   */
  unacknowledge(alertId: string, given: AcknowledgementKey, by: { readonly user: string; readonly at: number }): Alert {
    return this.#one(alertId, { kind: 'unacknowledge', given, by: by.user, at: by.at })
  }

  /** A comment, or to whom the alert was given; also of a resolved one. Throws `CallError`. */
  note(alertId: string, note: AlertNote): Alert {
    return this.#one(alertId, { kind: 'note', note })
  }

  /**
   * What one person does to many alerts: one write. What is not possible is left out, with its reason; the rest holds.
   * The same alert twice: the second act sees the first.
   */
  act(requests: ReadonlyArray<ActRequest>): ActedOn {
    const { store, hasBackend } = this.#deps
    const changed = new Map<string, Alert>()
    const saved: SavedAct[] = []
    const refused: ActedOn['refused'] = []
    for (const { alertId, act } of requests) {
      const before = changed.get(alertId) ?? this.#find(alertId)
      const result = before ? applyAct(before, act) : gone
      if (!result.ok) {
        refused.push({ id: alertId, code: result.code, message: result.message })
        continue
      }
      changed.set(alertId, result.alert)
      const { alert, event } = result
      const isSent = hasBackend && isNodeAlert(alert)
      saved.push({ alert, event, ...(isSent ? { action: actionOf(alertId, act, result.taken) } : {}) })
    }
    if (saved.length > 0) store.team.saveActs(saved)
    for (const alert of changed.values()) this.#deps.alerts.replace(alert)
    return { alerts: [...changed.values()], refused }
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
    const isUnsettled = action.change.kind === 'acknowledge' ? alert !== undefined : version !== undefined
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
    if (isNoteChange(change)) {
      const alert = this.#find(change.alertId)
      return alert && withoutNote(alert, change.note)
    }
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

  #one(alertId: string, act: AlertAct): Alert {
    const { alerts, refused } = this.act([{ alertId, act }])
    const [alert] = alerts
    if (alert) return alert
    const { code, message } = refused[0] ?? gone
    throw new CallError(code, message)
  }

  #find(id: string): Alert | undefined {
    return this.#deps.alerts.get(id) ?? this.#deps.store.alerts.get(id)
  }
}

function alertIdOf({ change }: OperatorAction): string | undefined {
  return isAlertChange(change) ? change.alertId : undefined
}

function actionOf(alertId: string, act: AlertAct, taken: Acknowledgement | undefined): OperatorAction {
  const action = { id: randomUUID(), state: 'waiting' } as const
  if (act.kind === 'note') {
    const { note } = act
    const kind = note.kind === 'commented' ? 'comment' : 'assign'
    return { ...action, at: note.at, user: note.by, change: { kind, alertId, note } }
  }
  if (act.kind === 'acknowledge') {
    const { acknowledgement } = act
    const { by: user, at } = acknowledgement
    return { ...action, at, user, change: { kind: 'acknowledge', alertId, acknowledgement } }
  }
  const acknowledgement = taken ?? { ...act.given, comment: '' }
  return { ...action, at: act.at, user: act.by, change: { kind: 'unacknowledge', alertId, acknowledgement } }
}
