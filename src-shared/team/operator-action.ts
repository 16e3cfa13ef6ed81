import { z } from 'zod'
import { Acknowledgement, AlertId, AlertNote } from '../alert/alert.ts'
import { messageLimits } from '../metric/message.ts'
import { RuleDraft } from '../rule/rule.ts'
import { Silence } from '../silence/silence.ts'

/**
 * A change by an operator that the backend has not confirmed. It stays in the action queue until then. `id` is the
 * idempotency key, `at` the time of the change (epoch ms), `user` its author.
 */
export const OperatorAction = z.strictObject({
  id: z.uuid(),
  at: z.number(),
  user: z.string().min(1).max(128),
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('acknowledge'), alertId: AlertId, acknowledgement: Acknowledgement }),
    /** Takes back this acknowledgement. If the backend refuses that, it counts again. */
    z.strictObject({ kind: z.literal('unacknowledge'), alertId: AlertId, acknowledgement: Acknowledgement }),
    z.strictObject({ kind: z.literal('comment'), alertId: AlertId, note: AlertNote }),
    z.strictObject({ kind: z.literal('assign'), alertId: AlertId, note: AlertNote }),
    /** Without `ruleId` a new rule; `version` is the edited one. */
    z.strictObject({
      kind: z.literal('save-rule'),
      ruleId: z.uuid().optional(),
      version: z.int().optional(),
      draft: RuleDraft,
    }),
    z.strictObject({ kind: z.literal('remove-rule'), ruleId: z.uuid(), version: z.int() }),
    z.strictObject({ kind: z.literal('forget-node'), nodeId: z.string().min(1).max(messageLimits.nodeId) }),
    /** The silence as it is in effect here: version 1 is a new one, a higher one an edit of the version before. */
    z.strictObject({ kind: z.literal('save-silence'), silence: Silence }),
    /** Ends it at the time of the action. */
    z.strictObject({ kind: z.literal('expire-silence'), silenceId: z.uuid() }),
  ]),
  /**
   * `conflict`: another user was first; `refused`: the backend will never accept it. Both stay until they are
   * dismissed.
   */
  state: z.enum(['waiting', 'conflict', 'refused']),
  /** One sentence about the last attempt. */
  problem: z.string().optional(),
})
export type OperatorAction = z.infer<typeof OperatorAction>
export type OperatorChange = OperatorAction['change']

/** A change of a silence. */
export type SilenceChange = Extract<OperatorChange, { kind: 'save-silence' | 'expire-silence' }>

export function isSilenceChange(change: OperatorChange): change is SilenceChange {
  return change.kind === 'save-silence' || change.kind === 'expire-silence'
}

export function silenceIdOf(change: SilenceChange): string {
  return change.kind === 'save-silence' ? change.silence.id : change.silenceId
}

/** A change of a rule. */
export type RuleChange = Extract<OperatorChange, { kind: 'save-rule' | 'remove-rule' }>

export function isRuleChange(change: OperatorChange): change is RuleChange {
  return change.kind === 'save-rule' || change.kind === 'remove-rule'
}

/** A change of one alert. */
export type AlertActionChange = Extract<OperatorChange, { alertId: string }>

export function isAlertChange(change: OperatorChange): change is AlertActionChange {
  return 'alertId' in change
}

/** A note that waits for the backend. */
export type NoteChange = Extract<OperatorChange, { note: unknown }>

export function isNoteChange(change: OperatorChange): change is NoteChange {
  return change.kind === 'comment' || change.kind === 'assign'
}
