import { z } from 'zod'
import { namedRecord } from '../format/named-record.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * Longest accepted identifiers and lists. A longer message is rejected, never cut. Version 0.1.0 accepts names of 64
 * characters and 64 metrics.
 */
export const messageLimits = { nodeId: 128, nodeName: 256, metricName: 256, unit: 16, metricsPerMessage: 1024 } as const

/**
 * Whether databases can store the text, and tell it from others. JSON can write halves of a surrogate pair and NUL.
 * Without the check, two ids with different halves would be stored as one.
 */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

const cleanText = z.string().refine(isCleanText, 'well-formed Unicode without NUL')
const metricName = cleanText.min(1).max(messageLimits.metricName)

/** A value that is no number says nothing about the other metrics of the message. `null` means "no value". */
const numbersOnly = namedRecord(z.unknown(), metricName)
  .refine((metrics) => Object.keys(metrics).length <= messageLimits.metricsPerMessage, 'too many metrics')
  .transform((metrics) => {
    const numbers = Object.entries(metrics).filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
    return Object.fromEntries(numbers)
  })

/**
 * The value of one record on a metrics topic, after `JSON.parse`. The only definition of a message: producers, console
 * and backend use it. Unknown fields are ignored, because other producers add their own. Unknown numeric metrics are
 * accepted and shown; metrics that are no numbers are left out. The timestamp is RFC 3339 with a zone and zero to nine
 * fractional digits; its day must exist.
 */
export const MetricMessage = z.object({
  node_id: cleanText.min(1).max(messageLimits.nodeId),
  node_name: cleanText.min(1).max(messageLimits.nodeName),
  timestamp: z.string().refine((text) => parseTimestamp(text) !== undefined, 'an RFC 3339 time'),
  metrics: numbersOnly.refine((metrics) => Object.keys(metrics).length > 0, 'at least one metric'),
  units: namedRecord(cleanText.max(messageLimits.unit), metricName).optional(),
})
export type MetricMessage = z.infer<typeof MetricMessage>
