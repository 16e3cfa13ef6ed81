import { acknowledge, unacknowledge, type AcknowledgementKey } from './acknowledgement.ts'
import { acknowledgementProblem } from './acknowledgement-end.ts'
import type { Acknowledgement, Alert, AlertNote, NodeAlertEvent } from './alert.ts'
import { noteEvent, withNote } from './note.ts'

/** What a person does to an alert. `unacknowledge` names the acknowledgement that is meant. */
export type AlertAct =
  | { readonly kind: 'acknowledge'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'unacknowledge'; readonly given: AcknowledgementKey; readonly by: string; readonly at: number }
  | { readonly kind: 'note'; readonly note: AlertNote }

/** `taken`: the acknowledgement that was taken back. */
export type ActResult<A extends Alert = Alert> =
  | { readonly ok: true; readonly alert: A; readonly event: NodeAlertEvent; readonly taken?: Acknowledgement }
  | { readonly ok: false; readonly code: 'conflict' | 'bad-request'; readonly message: string }

/** The alert after the act, and the line of its timeline. Notes are possible on resolved alerts too. */
export function applyAct<A extends Alert>(alert: A, act: AlertAct): ActResult<A> {
  if (act.kind === 'note') {
    return { ok: true, alert: withNote(alert, act.note), event: noteEvent(alert.id, act.note) }
  }
  return act.kind === 'acknowledge' ? applyAcknowledgement(alert, act.acknowledgement) : applyUndo(alert, act)
}

function applyAcknowledgement<A extends Alert>(alert: A, acknowledgement: Acknowledgement): ActResult<A> {
  const { by, at, comment } = acknowledgement
  const problem = acknowledgementProblem(acknowledgement)
  if (problem !== undefined) return { ok: false, code: 'bad-request', message: problem.message }
  const result = acknowledge(alert, acknowledgement)
  if (!result.ok) return { ok: false, code: 'conflict', message: result.message }
  return { ok: true, alert: result.alert, event: { alertId: alert.id, kind: 'acknowledged', at, by, comment } }
}

function applyUndo<A extends Alert>(
  alert: A,
  { given, by, at }: Extract<AlertAct, { kind: 'unacknowledge' }>,
): ActResult<A> {
  const result = unacknowledge(alert, given)
  const { acknowledgement: taken } = alert
  if (!result.ok || !taken) {
    return { ok: false, code: 'conflict', message: result.ok ? 'This alert is not acknowledged.' : result.message }
  }
  return { ok: true, alert: result.alert, event: { alertId: alert.id, kind: 'unacknowledged', at, by }, taken }
}
