import {
  isNoteChange,
  isSilenceChange,
  type NoteChange,
  type OperatorAction,
  type OperatorChange,
} from '#shared/team/operator-action.ts'
import {
  acknowledgeAlertOperation,
  assignAlertOperation,
  commentAlertOperation,
  unacknowledgeAlertOperation,
} from '#shared/rest/alerts.ts'
import { forgetNodeOperation } from '#shared/rest/nodes.ts'
import { createSilenceOperation, expireSilenceOperation, updateSilenceOperation } from '#shared/rest/silences.ts'
import type { Rule } from '#shared/rule/rule.ts'
import { createRuleOperation, removeRuleOperation, updateRuleOperation } from '#shared/rest/rules.ts'
import type { CallBackend, BackendFailure } from '../rest/rest-client.ts'
import { isTransientFailure, backendFailureSentence } from '../rest/backend-failure.ts'

/** What the backend answered: the saved rule, or the version of the alert or silence. */
interface Accepted {
  readonly rule?: Rule
  readonly alertVersion?: number
  readonly silenceVersion?: number
}

/**
 * Result of one attempt. `later`: the same action can succeed later. `too-many`: any action, after this time. `unreachable`: no action can be
 * sent now.
 */
export type SendResult =
  | ({ readonly kind: 'done' } & Accepted)
  | { readonly kind: 'settled'; readonly state: 'conflict' | 'refused'; readonly problem: string }
  | { readonly kind: 'later'; readonly problem: string }
  | { readonly kind: 'too-many'; readonly waitMs: number }
  | { readonly kind: 'unreachable' }

/** How long the backend may lag behind the record that opened an alert, from the first attempt. */
export const unknownAlertRetryMs = 10 * 60_000

export async function trySend(call: CallBackend, action: OperatorAction, triedForMs: number): Promise<SendResult> {
  const sent = await sendAction(call, action)
  if (!sent.ok) return sendResultOf(action.change, sent.failure, triedForMs)
  const { ok: _, ...accepted } = sent
  return { kind: 'done', ...accepted }
}

type Sent = ({ readonly ok: true } & Accepted) | { readonly ok: false; readonly failure: BackendFailure }

/** Sends an action. Its id is the idempotency key, so the backend does not apply it twice. */
export async function sendAction(call: CallBackend, action: OperatorAction): Promise<Sent> {
  const { id: idempotencyKey, change } = action
  if (isSilenceChange(change)) return changeSilence(call, action)
  if (change.kind === 'acknowledge') return acknowledge(call, idempotencyKey, change)
  if (change.kind === 'forget-node') {
    const forgotten = await call(forgetNodeOperation, { params: { node_id: change.nodeId }, idempotencyKey })
    return forgotten.ok ? { ok: true } : forgotten
  }
  if (change.kind === 'unacknowledge') return unacknowledge(call, idempotencyKey, change)
  if (isNoteChange(change)) return sendNote(call, idempotencyKey, change)
  if (change.kind === 'remove-rule') {
    const { ruleId: id, version: ifMatch } = change
    const removed = await call(removeRuleOperation, { params: { id }, ifMatch, idempotencyKey })
    return removed.ok ? { ok: true } : removed
  }
  const { ruleId, version, draft } = change
  const saved =
    ruleId === undefined
      ? await call(createRuleOperation, { body: draft, idempotencyKey })
      : await call(updateRuleOperation, {
          params: { id: ruleId },
          body: draft,
          idempotencyKey,
          ...(version === undefined ? {} : { ifMatch: version }),
        })
  return saved.ok ? { ok: true, rule: saved.body } : saved
}

/** The first acknowledgement is official, and a resolved alert stays resolved: in both cases the action is done. */
async function acknowledge(
  call: CallBackend,
  idempotencyKey: string,
  { alertId, acknowledgement }: Extract<OperatorChange, { kind: 'acknowledge' }>,
): Promise<Sent> {
  const { comment, at, until } = acknowledgement
  const response = await call(acknowledgeAlertOperation, {
    params: { id: alertId },
    body: {
      at: new Date(at).toISOString(),
      ...(comment === '' ? {} : { comment }),
      ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    },
    idempotencyKey,
  })
  return response.ok ? { ok: true, alertVersion: response.body.alert.version } : response
}

/** A note that the backend has already is done as well. */
async function sendNote(
  call: CallBackend,
  idempotencyKey: string,
  { alertId, note: { at: writtenAt, comment, to } }: NoteChange,
): Promise<Sent> {
  const sent = { params: { id: alertId }, idempotencyKey }
  const at = new Date(writtenAt).toISOString()
  const response =
    to === undefined
      ? await call(commentAlertOperation, { ...sent, body: { comment, at } })
      : await call(assignAlertOperation, { ...sent, body: { to, at, ...(comment === '' ? {} : { comment }) } })
  return response.ok ? { ok: true, alertVersion: response.body.alert.version } : response
}

/** With the time at which the operator did it: it may have been offline. An end is meant, whatever was edited since. */
async function changeSilence(call: CallBackend, { id: idempotencyKey, at, change }: OperatorAction): Promise<Sent> {
  if (change.kind === 'expire-silence') {
    const ended = await call(expireSilenceOperation, {
      params: { id: change.silenceId },
      query: { at: String(at) },
      idempotencyKey,
    })
    return ended.ok ? { ok: true, silenceVersion: ended.body.version } : ended
  }
  if (change.kind !== 'save-silence') throw new Error(`no change of a silence: ${change.kind}`)
  const { id, version, matchers, schedule, comment } = change.silence
  const body = { at, matchers, schedule, comment }
  const saved =
    version === 1
      ? await call(createSilenceOperation, { body: { id, ...body }, idempotencyKey })
      : await call(updateSilenceOperation, { params: { id }, body, ifMatch: version - 1, idempotencyKey })
  return saved.ok ? { ok: true, silenceVersion: saved.body.version } : saved
}

/** If the alert has no acknowledgement any more, or that of another user, there is nothing to take back: done. */
async function unacknowledge(
  call: CallBackend,
  idempotencyKey: string,
  { alertId: id, acknowledgement: { by, at } }: Extract<OperatorChange, { kind: 'unacknowledge' }>,
): Promise<Sent> {
  const query = { by, at: new Date(at).toISOString() }
  const response = await call(unacknowledgeAlertOperation, { params: { id }, query, idempotencyKey })
  return response.ok ? { ok: true, alertVersion: response.body.alert.version } : response
}

/** Somebody else was first. */
const conflicts: ReadonlySet<string> = new Set(['version_conflict', 'rule_exists', 'silence_exists', 'silence_ended'])

/** The effect of a failure on an action. Pure. */
export function sendResultOf(change: OperatorChange, failure: BackendFailure, triedForMs: number): SendResult {
  if (failure.kind !== 'problem') return { kind: 'unreachable' }
  const waitMs = askedWaitMs(failure)
  if (waitMs !== undefined) return { kind: 'too-many', waitMs }
  const problem = backendFailureSentence(failure)
  if (isTransientFailure(failure)) return { kind: 'later', problem }
  const { code } = failure.problem
  if (code === 'alert_not_found' && triedForMs < unknownAlertRetryMs)
    return { kind: 'later', problem: 'The backend has not processed this alert yet.' }
  if (code === 'rule_not_found' && change.kind === 'remove-rule') return { kind: 'done' }
  if (code === 'node_not_found' && change.kind === 'forget-node') return { kind: 'done' }
  if (code === 'silence_not_found' && change.kind === 'expire-silence') return { kind: 'done' }
  if (conflicts.has(code)) return { kind: 'settled', state: 'conflict', problem }
  return { kind: 'settled', state: 'refused', problem }
}

/** How long the backend asks to wait, because it gets too many requests. */
function askedWaitMs({ problem, retryAfterSeconds }: Extract<BackendFailure, { kind: 'problem' }>): number | undefined {
  if (problem.code !== 'too_many_requests' || retryAfterSeconds === undefined) return undefined
  return Math.min(60, Math.max(1, retryAfterSeconds)) * 1000
}
