import { z } from 'zod'
import { AlertNote, NodeAlertEvent, NodeAlertKind, ResolveReason } from '../alert/alert.ts'
import { HistoryOutcome, longestSearch } from '../history/history.ts'
import { Condition, Severity } from '../rule/rule.ts'
import { defineOperation } from './operation.ts'
import { booleanParam, MetricName, NodeId, pageQuery, textField, Time, TimeParam, UuidParam } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** What a person wrote about an alert, or to whom (`to`) they gave it. */
const NoteItem = z.strictObject({
  kind: AlertNote.shape.kind,
  by: z.string(),
  at: Time,
  comment: z.string(),
  to: z.string().nullable(),
})

/** What the timeline says of an alert beyond its present state. */
const AlertHistoryItem = z.strictObject({
  /** Time of the first breaching record. */
  since: Time,
  for_seconds: z.number(),
  resolved_value: z.number().nullable(),
  /** The highest severity that it had. */
  worst: Severity,
  /** The value farthest beyond its level when it opened or changed its severity. */
  worst_value: z.number().nullable(),
  /** The first acknowledgement. */
  acknowledged_by: z.string().nullable(),
  acknowledged_at: Time.nullable(),
  /** Author of the first silence that matched it. */
  silenced_by: z.string().nullable(),
  flapped: z.boolean(),
})

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
  kind: NodeAlertKind,
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
  // A backend of 0.1.0 does not send the rest: a console that was upgraded first must read its answers too.
  /** Since when every value was clear, of an alert that resolved after the hold of its rule. */
  clear_since: Time.nullable().default(null),
  /** How often it has fired again, each time within an hour of its end. */
  refires: z.int().default(0),
  /** Since when it is flapping: it stays open until its values are steady. */
  flapping_since: Time.nullable().default(null),
  /** Ids of the silences that match it now; the list is empty for a resolved alert. */
  silenced_by: z.array(z.uuid()).default([]),
  /** Oldest first, the newest 50. */
  notes: z.array(NoteItem).default([]),
  /** In a list only if its query has `from` or `to`. */
  history: AlertHistoryItem.optional(),
})
export type AlertItem = z.infer<typeof AlertItem>

/** Which alerts of the history. Times are those at which alerts opened. */
const historyQuery = {
  node_id: NodeId.optional(),
  acknowledged: booleanParam.optional(),
  severity: Severity.optional(),
  phase: z.enum(['firing', 'resolved']).optional(),
  from: TimeParam.optional(),
  /** Exclusive. */
  to: TimeParam.optional(),
  metric: MetricName.optional(),
  rule_id: z.uuid().optional(),
  /** The highest severity that it had; `severity` is the present one. */
  worst: Severity.optional(),
  /** `acknowledged`: by anyone at any time; `unacknowledged`: never. */
  outcome: HistoryOutcome.optional(),
  /** Anywhere in node, name, metric, kind, a comment or a person, whatever the case. */
  text: textField(1, longestSearch).optional(),
}

export const listAlertsOperation = defineOperation({
  method: 'get',
  path: '/api/alerts',
  access: 'viewer',
  tag: 'alerts',
  summary: 'Alerts, newest first',
  query: z.object({ ...pageQuery, ...historyQuery }),
  ok: { status: 200, body: z.array(AlertItem), pages: true },
  errors: [],
})

/** What figures count of an alert. */
const AlertFactItem = z.strictObject({
  id: z.uuid(),
  opened_at: Time,
  resolved_at: Time.nullable(),
  worst: Severity,
  /** Of the first acknowledgement. */
  acknowledged_at: Time.nullable(),
  flapped: z.boolean(),
  node_id: z.string(),
  node_name: z.string(),
  rule_id: z.uuid(),
  metric_type: z.string(),
  kind: NodeAlertKind,
})
export type AlertFactItem = z.infer<typeof AlertFactItem>

export const alertFactsOperation = defineOperation({
  method: 'get',
  path: '/api/alerts/facts',
  access: 'viewer',
  tag: 'alerts',
  summary: 'The same alerts in short, newest first: for figures over many',
  query: z.object({ ...pageQuery, ...historyQuery }),
  ok: { status: 200, body: z.array(AlertFactItem), pages: true },
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
  ok: { status: 200, body: z.array(NodeAlertEvent), pages: true },
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

/** When the operator did it, if offline; at most 7 days ago. A later time than now becomes now. */
const actedAt = TimeParam.optional()

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
      /** More than 24 hours need a comment, unless `at` is given: then a console has acknowledged it already. */
      until: TimeParam.optional(),
      at: actedAt,
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

/** `already`: the alert has this comment or assignment of this user and time, or had it among its newest notes. */
const Noted = z.strictObject({ message: z.string(), outcome: z.enum(['added', 'already']), alert: AlertItem })

export const commentAlertOperation = defineOperation({
  method: 'post',
  path: '/api/alerts/:id/comments',
  access: 'operator',
  tag: 'alerts',
  summary: 'Comment on an alert, also on a resolved one',
  headers: ['idempotency-key'],
  params: UuidParam,
  body: { schema: z.strictObject({ comment: textField(1, 500), at: actedAt }) },
  ok: { status: 200, body: Noted },
  errors: [...bodyProblems, 'alert_not_found', 'idempotency_mismatch'],
})

export const assignAlertOperation = defineOperation({
  method: 'post',
  path: '/api/alerts/:id/assignments',
  access: 'operator',
  tag: 'alerts',
  summary: 'Give an alert to a user who can act on it, or take it over. A note: it changes nothing else',
  headers: ['idempotency-key'],
  params: UuidParam,
  body: { schema: z.strictObject({ to: textField(1, 128), comment: textField(0, 500).optional(), at: actedAt }) },
  ok: { status: 200, body: Noted },
  errors: [...bodyProblems, 'alert_not_found', 'idempotency_mismatch'],
})
