import { z } from 'zod'
import { Condition } from '../rule/rule.ts'
import { defineOperation } from './operation.ts'
import { IdParam, Message, MetricName, NodeId, numberOrText, pageQuery, Time } from './fields.ts'
import { bodyProblems } from './problems.ts'

/** A rule of one node in the terms of the first ReMo. `GET /api/rules/{rule_id}` has the rest. */
export const Threshold = z.strictObject({
  id: z.int(),
  node_id: z.string(),
  metric_type: z.string(),
  threshold_value: z.number(),
  condition: Condition,
  created_at: Time,
  updated_at: Time,
  critical_value: z.number().nullable(),
  enabled: z.boolean(),
  rule_id: z.uuid(),
  version: z.int(),
})
export type Threshold = z.infer<typeof Threshold>

export const listThresholdsOperation = defineOperation({
  method: 'get',
  path: '/api/thresholds',
  access: 'viewer',
  tag: 'thresholds',
  summary: 'Thresholds for single nodes. Rules for all nodes are at /api/rules',
  query: z.object({ ...pageQuery, node_id: NodeId.optional() }),
  ok: { status: 200, body: z.array(Threshold), pages: true },
  errors: [],
})

export const saveThresholdOperation = defineOperation({
  method: 'post',
  path: '/api/thresholds',
  access: 'admin',
  tag: 'thresholds',
  summary: 'Set a node threshold: warning beyond the value; with `greater`, critical beyond 1.2 times the value',
  headers: ['if-match', 'idempotency-key'],
  body: {
    schema: z.strictObject({
      node_id: NodeId,
      metric_type: MetricName,
      // 1.2 times the value is a level too
      threshold_value: numberOrText(-8e14, 8e14),
      condition: Condition,
    }),
  },
  ok: { status: 200, body: Threshold, etag: true },
  errors: [...bodyProblems, 'node_not_found', 'rules_managed', 'version_conflict', 'idempotency_mismatch'],
})

export const removeThresholdOperation = defineOperation({
  method: 'delete',
  path: '/api/thresholds/:id',
  access: 'admin',
  tag: 'thresholds',
  summary: 'Delete a threshold',
  headers: ['if-match'],
  params: IdParam,
  ok: { status: 200, body: Message },
  errors: ['threshold_not_found', 'rules_managed', 'version_conflict'],
})
