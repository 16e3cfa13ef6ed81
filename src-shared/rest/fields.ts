import { z } from 'zod'
import { messageLimits } from '../metric/message.ts'

/** RFC 3339 in UTC, milliseconds. */
export const Time = z.iso.datetime().meta({ description: 'RFC 3339, UTC', examples: ['2026-11-24T10:15:30.123Z'] })

/** A time from a client: RFC 3339 with any zone, parsed to epoch ms. */
export const TimeParam = z.iso
  .datetime({ offset: true })
  .refine((text) => Math.abs(Date.parse(text)) < 8e15, 'expected a time between the years 1 and 9999')
  .meta({ description: 'RFC 3339, any zone' })

/** PostgreSQL text cannot hold NUL, and half a surrogate pair is not valid text. */
function isText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Text from a person or a script, from `min` to `max` characters. */
export function textField(min: number, max: number): z.ZodString {
  return z.string().min(min).max(max).refine(isText, 'expected valid Unicode text without NUL')
}

export const NodeId = textField(1, messageLimits.nodeId)
export const MetricName = textField(1, messageLimits.metricName)

/** A whole number in a path or query. PostgreSQL's `integer` is its widest range. */
export function integerParam(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^-?\d{1,10}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${min} to ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max })
}

/** A number in a query, with or without decimals. */
export function numberParam(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'expected a number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected ${min} to ${max}`)
    .meta({ type: 'number', minimum: min, maximum: max })
}

export const booleanParam = z
  .enum(['true', 'false'], 'expected true or false')
  .transform((value) => value === 'true')
  .meta({ type: 'boolean' })

/** Page size and start of a list; the cursor comes from the `Link` header of the previous page. */
export const pageQuery = {
  limit: integerParam(1, 500).prefault('100'),
  cursor: textField(1, 500).optional(),
}

/** Hours before now, at most 366 days. */
export const hoursQuery = numberParam(0, 8784)

export const IdParam = z.object({ id: integerParam(1, 2_147_483_647) })
export const UuidParam = z.object({ id: z.uuid() })
export const Message = z.strictObject({ message: z.string() })
