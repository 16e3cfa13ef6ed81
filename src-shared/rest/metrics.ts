import { z } from 'zod'
import { messageLimits } from '../metric/message.ts'
import { defineOperation } from './operation.ts'
import {
  hoursQuery,
  integerParam,
  MetricName,
  metricNamesParam,
  NodeId,
  pageQuery,
  textField,
  Time,
  TimeParam,
} from './fields.ts'

const Point = z.strictObject({ value: z.number(), timestamp: Time })

export const latestMetricsOperation = defineOperation({
  method: 'get',
  path: '/api/metrics/latest',
  access: 'viewer',
  tag: 'metrics',
  summary:
    'Latest value of each metric, for one node or all nodes. Of more than 50,000 values, the next nodes are on the next page. `metric_type` leaves one metric of each node',
  query: z.object({ node_id: NodeId.optional(), metric_type: MetricName.optional(), cursor: pageQuery.cursor }),
  ok: { status: 200, body: z.record(z.string(), z.record(z.string(), Point)), pages: true, conditional: true },
  errors: [],
})

/**
 * Most values in a response of `metricHistoryOperation`, over all metrics of the node. `points=0` is a stream without a
 * limit.
 */
export const historyValuesAtMost = 100_000

export const metricHistoryOperation = defineOperation({
  method: 'get',
  path: '/api/metrics/history',
  access: 'viewer',
  tag: 'metrics',
  summary:
    'Values of one node, oldest first. At most `points` per metric and 100,000 in total, shared equally between metrics. Downsampling keeps every minimum and maximum. `points=0` returns all values',
  query: z.object({
    /** Empty: a node that does not exist, and so has no values, as in the first ReMo. */
    node_id: textField(0, messageLimits.nodeId),
    metric_type: MetricName.optional(),
    hours: hoursQuery.prefault('1'),
    points: integerParam(0, historyValuesAtMost).prefault('2000'),
  }),
  ok: { status: 200, body: z.record(z.string(), z.array(Point)) },
  errors: [],
})

/** One metric over time in columns of equal length; times in epoch ms. One column covers `n` values. */
export const RangeSeries = z.strictObject({
  metric: z.string(),
  unit: z.string(),
  t: z.array(z.number()),
  min: z.array(z.number()),
  max: z.array(z.number()),
  last: z.array(z.number()),
})

/** Values for a console's charts, for the time before its cache. */
export const metricRangeOperation = defineOperation({
  method: 'get',
  path: '/api/metrics/range',
  access: 'viewer',
  tag: 'metrics',
  summary: 'Chart data for a time range: minimum, maximum and last value per point',
  query: z.object({
    node_id: NodeId,
    metrics: metricNamesParam(16),
    from: TimeParam,
    to: TimeParam,
    points: integerParam(10, 5_000).prefault('500'),
  }),
  ok: {
    status: 200,
    body: z.strictObject({
      /** Seconds of one stored value: 60 for rollups, 0 for raw values. */
      resolution: z.int(),
      series: z.array(RangeSeries),
    }),
  },
  errors: [],
})
