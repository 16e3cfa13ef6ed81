import { z } from 'zod'
import { AlertEvent, AlertKind, ResolveReason } from '../alert/alert.ts'
import { Condition, Severity } from '../rule/rule.ts'
import { defineOperation } from './operation.ts'
import { booleanParam, NodeId, pageQuery, textField, Time, TimeParam, UuidParam } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** One alert. For `no-data`, both values are the seconds without data that the rule allows. */
export const AlertItem = z.strictObject({
  id: z.uuid(),
  node_id: z.string(),
  metric_type: z.string(),
  metric_value: z.number(),
  threshold_value: z.number(),
  message: z.string(),
  severity: Severity,
  acknowledged: z.boolean(),
  created_at: Time,
  node_name: z.string(),
  kind: AlertKind,
  condition: Condition,
  phase: z.enum(['firing', 'resolved']),
  resolved_at: Time.nullable(),
  resolve_reason: ResolveReason.nullable(),
  acknowledged_by: z.string().nullable(),
  acknowledged_at: Time.nullable(),
  acknowledged_until: Time.nullable(),
  comment: z.string().nullable(),
  rule_id: z.uuid(),
  rule_version: z.int(),
  version: z.int(),
})
export type AlertItem = z.infer<typeof AlertItem>

export const listAlertsOperation = defineOperation({
  method: 'get',
  path: '/api/alerts',
  access: 'viewer',
  tag: 'alerts',
  summary: 'Alerts, newest first',
  query: z.object({
    ...pageQuery,
    node_id: NodeId.optional(),
    acknowledged: booleanParam.optional(),
    severity: Severity.optional(),
    phase: z.enum(['firing', 'resolved']).optional(),
  }),
  ok: { status: 200, body: z.array(AlertItem), pages: true },
  errors: [],
})

export const getAlertOperation = defineOperation({
  method: 'get',
  path: '/api/alerts/:id',
  access: 'viewer',
  tag: 'alerts',
  summary: 'One alert',
  params: UuidParam,
  ok: { status: 200, body: AlertItem, etag: true },
  errors: ['alert_not_found'],
})

export const alertTimelineOperation = defineOperation({
  method: 'get',
  path: '/api/alerts/:id/events',
  access: 'viewer',
  tag: 'alerts',
  summary: 'Timeline of one alert, oldest first; times in epoch ms',
  params: UuidParam,
  query: z.object(pageQuery),
  ok: { status: 200, body: z.array(AlertEvent), pages: true },
  errors: ['alert_not_found'],
})

export const unacknowledgeAlertOperation = defineOperation({
  method: 'delete',
  path: '/api/alerts/:id/acknowledgement',
  access: 'operator',
  tag: 'alerts',
  summary: 'Take back an acknowledgement. Without `by` and `at`: the one that the alert has',
  headers: ['idempotency-key'],
  params: UuidParam,
  /** Which acknowledgement: a late request must not remove that of another user, or a later one. */
  query: z.object({ by: textField(1, 128).optional(), at: TimeParam.optional() }),
  ok: {
    status: 200,
    body: z.strictObject({
      message: z.string(),
      /**
       * `removed`: by this request; `none`: the alert has no acknowledgement; `another`: it has one of another user, or a
       * later one; `resolved`: it ended with the alert.
       */
      outcome: z.enum(['removed', 'none', 'another', 'resolved']),
      alert: AlertItem,
    }),
  },
  errors: ['alert_not_found', 'idempotency_mismatch'],
})

export const acknowledgeAlertOperation = defineOperation({
  method: 'post',
  path: '/api/alerts/:id/acknowledge',
  access: 'operator',
  tag: 'alerts',
  summary: 'Acknowledge an alert. The first acknowledgement wins; a resolved alert stays resolved',
  headers: ['idempotency-key'],
  params: UuidParam,
  body: {
    schema: z.strictObject({
      comment: textField(0, 500).optional(),
      until: TimeParam.optional(),
      /** When the operator acknowledged it, if offline; at most 7 days ago. A later time than now becomes now. */
      at: TimeParam.optional(),
    }),
    optional: true,
  },
  ok: {
    status: 200,
    body: z.strictObject({
      message: z.string(),
      /**
       * `acknowledged`: by this request; `already`: another user was first; `resolved`: before anyone acknowledged it.
       */
      outcome: z.enum(['acknowledged', 'already', 'resolved']),
      alert: AlertItem,
    }),
  },
  errors: [...bodyProblems, 'alert_not_found', 'idempotency_mismatch'],
})
