import { z } from 'zod'
import { namedRecord } from '../format/named-record.ts'
import { parseTimestamp } from './timestamp.ts'

/** Longest accepted identifiers and lists. A longer message is rejected, never cut. */
export const messageLimits = { nodeId: 128, nodeName: 256, metricName: 64, unit: 16, metricsPerMessage: 64 } as const

const metricName = z.string().min(1).max(messageLimits.metricName)

/**
 * The value of one record on a metrics topic, after `JSON.parse`. The only definition of a message: producers, console
 * and backend use it. Unknown fields are ignored, because other producers add their own. Unknown numeric metrics are
 * accepted and shown. The timestamp is RFC 3339 with a zone and zero to nine fractional digits; its day must exist.
 */
export const MetricMessage = z.object({
  node_id: z.string().min(1).max(messageLimits.nodeId),
  node_name: z.string().min(1).max(messageLimits.nodeName),
  timestamp: z.string().refine((text) => parseTimestamp(text) !== undefined, 'an RFC 3339 time'),
  metrics: namedRecord(z.number(), metricName)
    .refine((metrics) => Object.keys(metrics).length > 0, 'at least one metric')
    .refine((metrics) => Object.keys(metrics).length <= messageLimits.metricsPerMessage, 'too many metrics'),
  units: namedRecord(z.string().max(messageLimits.unit), metricName).optional(),
})
export type MetricMessage = z.infer<typeof MetricMessage>
