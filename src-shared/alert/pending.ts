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
  /** The newest value. */
  value: z.number(),
})
export type PendingAlert = z.infer<typeof PendingAlert>
