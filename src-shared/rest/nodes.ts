import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { NodeId, pageQuery, Time } from './fields.ts'

/**
 * `active`: a sample within three of its observed intervals (15 s at least), or its clock is ahead; `offline`: none for
 * 60 s, or, with a clock ahead, its offline alert fires.
 */
export const NodeItem = z.strictObject({
  id: z.int(),
  node_id: z.string(),
  node_name: z.string(),
  status: z.enum(['active', 'stale', 'offline']),
  last_seen: Time.nullable(),
})
export type NodeItem = z.infer<typeof NodeItem>

export const listNodesOperation = defineOperation({
  method: 'get',
  path: '/api/nodes',
  access: 'viewer',
  tag: 'nodes',
  summary: 'All nodes, by id',
  query: z.object({ ...pageQuery, limit: pageQuery.limit.prefault('500') }),
  ok: { status: 200, body: z.array(NodeItem), pages: true, conditional: true },
  errors: [],
})

export const getNodeOperation = defineOperation({
  method: 'get',
  path: '/api/nodes/:node_id',
  access: 'viewer',
  tag: 'nodes',
  summary: 'One node',
  params: z.object({ node_id: NodeId }),
  ok: { status: 200, body: NodeItem },
  errors: ['node_not_found'],
})

/** It leaves all lists and its alerts end. Its history stays, and it is back when it sends again. */
export const forgetNodeOperation = defineOperation({
  method: 'delete',
  path: '/api/nodes/:node_id',
  access: 'admin',
  tag: 'nodes',
  summary: 'Forgets a node: it leaves all lists, its alerts end, its history stays. It is back when it sends again',
  params: z.object({ node_id: NodeId }),
  headers: ['idempotency-key'],
  ok: { status: 204 },
  errors: ['node_not_found', 'idempotency_mismatch'],
})

export const dashboardStatsOperation = defineOperation({
  method: 'get',
  path: '/api/dashboard/stats',
  access: 'viewer',
  tag: 'nodes',
  summary: 'Figures of the Overview page',
  ok: {
    status: 200,
    body: z.strictObject({
      total_nodes: z.int(),
      active_nodes: z.int(),
      unacknowledged_alerts: z.int(),
      /** Values, not messages. */
      metrics_last_hour: z.int(),
    }),
  },
  errors: [],
})
