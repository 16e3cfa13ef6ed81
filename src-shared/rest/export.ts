import { z } from 'zod'
import { defineOperation } from './operation.ts'
import { hoursQuery, MetricName, NodeId } from './fields.ts'

const filter = { node_id: NodeId.optional(), metric_type: MetricName.optional(), hours: hoursQuery.prefault('24') }

export const exportCsvOperation = defineOperation({
  method: 'get',
  path: '/api/export/csv',
  access: 'viewer',
  tag: 'export',
  summary: 'All values as CSV (RFC 4180), oldest first: Timestamp,Node ID,Metric Type,Value,Unit',
  query: z.object(filter),
  ok: { status: 200, type: 'text/csv; charset=utf-8' },
  errors: [],
})

export const exportSummaryOperation = defineOperation({
  method: 'get',
  path: '/api/export/summary',
  access: 'viewer',
  tag: 'export',
  summary: 'Average, minimum, maximum and count of each metric of each node',
  query: z.object(filter),
  ok: {
    status: 200,
    body: z.strictObject({
      summary: z.array(
        z.strictObject({
          node_id: z.string(),
          metric_type: z.string(),
          average: z.number(),
          minimum: z.number(),
          maximum: z.number(),
          count: z.int(),
        }),
      ),
      time_range_hours: z.number(),
    }),
  },
  errors: [],
})
