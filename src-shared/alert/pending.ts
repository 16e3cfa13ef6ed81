import { z } from 'zod'
import { Condition, Severity } from '../rule/rule.ts'
import { AlertId } from './alert.ts'

/**
 * A value episode that breaches its rule and has not fired yet: the rule's `for` has not passed. Times are event time,
 * epoch ms.
 */
export const PendingAlert = z.strictObject({
  /** The id of the alert that it becomes. */
  alertId: AlertId,
  ruleId: z.uuid(),
  nodeId: z.string(),
  nodeName: z.string(),
  metric: z.string(),
  condition: Condition,
  /** The severity that it fires with if its value stays, and the level of that severity. */
  severity: Severity,
  threshold: z.number(),
  /** First breaching record, and the time from which on a breaching record fires. */
  since: z.number(),
  firesAt: z.number(),
  /** The newest value, and the event time of its record. */
  value: z.number(),
  at: z.number(),
  /** When that record arrived: this computer's clock. Absent after a restart, until the next record. */
  receivedAt: z.number().optional(),
})
export type PendingAlert = z.infer<typeof PendingAlert>

/** How far a pending episode has come. Both in ms and never negative. */
export interface PendingProgress {
  readonly heldMs: number
  /** 0: it fires with the next sample that breaches. */
  readonly firesInMs: number
}

/**
 * Progress of a pending episode at `now`, epoch ms of this computer's clock. The clock of the node counts, as in the
 * evaluator: its time is that of the newest record plus the time since that record arrived. So a clock that is minutes
 * off, or a backlog, changes nothing.
 */
export function pendingProgress({ since, firesAt, at, receivedAt }: PendingAlert, now: number): PendingProgress {
  const nodeTime = at + Math.max(0, now - (receivedAt ?? now))
  return { heldMs: Math.max(0, nodeTime - since), firesInMs: Math.max(0, firesAt - nodeTime) }
}

/** Pending episodes in the order of a list: critical first, then those that fire next. */
export function soonestFirst(pending: readonly PendingAlert[], now: number): PendingAlert[] {
  const rank = ({ severity }: PendingAlert): number => (severity === 'critical' ? 0 : 1)
  const left = (item: PendingAlert): number => pendingProgress(item, now).firesInMs
  return [...pending].sort((a, b) => rank(a) - rank(b) || left(a) - left(b) || (a.alertId < b.alertId ? -1 : 1))
}
