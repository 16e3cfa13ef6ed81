import { z } from 'zod'
import { Condition, Severity } from '../rule/rule.ts'

export const AlertId = z.uuid()
export const AlertKind = z.enum(['value', 'no-data'])
export type AlertKind = z.infer<typeof AlertKind>

/**
 * A person's responsibility for an alert. `until`: epoch ms; without it, until the alert resolves. Removed when the
 * alert resolves or escalates.
 */
export const Acknowledgement = z.strictObject({
  by: z.string().min(1).max(128),
  at: z.number(),
  comment: z.string().max(500),
  until: z.number().optional(),
})
export type Acknowledgement = z.infer<typeof Acknowledgement>

/** Why an alert ended: the value cleared, data came back, or its rule was changed, overridden or removed. */
export const ResolveReason = z.enum(['cleared', 'data-returned', 'rule-changed'])
export type ResolveReason = z.infer<typeof ResolveReason>

/** Current state of one episode of one rule on one series. Times are event time, epoch ms. */
export const Alert = z.strictObject({
  id: AlertId,
  kind: AlertKind,
  ruleId: z.uuid(),
  ruleVersion: z.int(),
  nodeId: z.string(),
  nodeName: z.string(),
  metric: z.string(),
  severity: Severity,
  phase: z.enum(['firing', 'resolved']),
  condition: Condition,
  /** The level of the severity. For no data, the seconds without data that the rule allows. */
  threshold: z.number(),
  forSeconds: z.number(),
  /** Event time of the first breaching record. For no data, of the last record before it. */
  since: z.number(),
  openedAt: z.number(),
  /** Value that opened it or last changed its severity. `null` for no data. */
  value: z.number().nullable(),
  resolvedAt: z.number().optional(),
  resolvedValue: z.number().optional(),
  resolveReason: ResolveReason.optional(),
  acknowledgement: Acknowledgement.optional(),
  /** Opened with an unknown start: the backend's id may replace this one. */
  provisional: z.boolean(),
})
export type Alert = z.infer<typeof Alert>

/** One line of an alert's timeline. */
export const AlertEvent = z.strictObject({
  alertId: AlertId,
  kind: z.enum(['pending', 'opened', 'escalated', 'eased', 'resolved', 'acknowledged', 'notified']),
  at: z.number(),
  severity: Severity.optional(),
  value: z.number().optional(),
  by: z.string().optional(),
  comment: z.string().optional(),
})
export type AlertEvent = z.infer<typeof AlertEvent>
