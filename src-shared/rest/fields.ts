import { z } from 'zod'
import { messageLimits } from '../metric/message.ts'
import { splitMetricNames } from '../metric/metric-name.ts'

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

/** A number as JSON writes it, and as Python reads it: with a plus sign, with spaces around it. */
const numberText = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** A parameter that is text on the wire and has another type in the description. `undefined` is no value of it. */
function paramOf<T>(read: (text: string) => T | undefined, expected: string, json: object): z.ZodType<T, string> {
  return z
    .custom<string>((text) => typeof text === 'string', expected)
    .transform((text, context) => {
      const value = read(text)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
    .meta({ ...json })
}

interface NumberRange {
  readonly minimum: number
  /** Absent: a larger number counts as `atMost`. */
  readonly maximum?: number
}

function rangeText(kind: string, { minimum, maximum }: NumberRange): string {
  return maximum === undefined ? `expected ${kind} from ${minimum}` : `expected ${kind} from ${minimum} to ${maximum}`
}

function numberIn(text: string, { minimum, maximum = Number.MAX_VALUE }: NumberRange): number | undefined {
  const value = numberText.test(text) ? Number(text) : NaN
  return value >= minimum && value <= maximum ? value : undefined
}

function wholeNumber(range: NumberRange, atMost = Infinity): z.ZodType<number, string> {
  const read = (text: string): number | undefined => {
    const value = numberIn(text, range)
    return value !== undefined && Number.isInteger(value) ? Math.min(value, atMost) : undefined
  }
  return paramOf(read, rangeText('a whole number', range), { type: 'integer', ...range })
}

/** A whole number in a path or query. PostgreSQL's `integer` is its widest range. */
export function integerParam(minimum: number, maximum: number): z.ZodType<number, string> {
  return wholeNumber({ minimum, maximum })
}

/** The end of the year 9999: later times have no text in RFC 3339, and no place in PostgreSQL. */
const lastEpochMs = 253_402_300_799_999

/** A time in a body whose times are in epoch ms, as in the records of the team. */
export const EpochMs = z.int().min(0).max(lastEpochMs).meta({ description: 'Epoch ms' })

/** `EpochMs` in a query. */
export const epochMsParam = wholeNumber({ minimum: 0, maximum: lastEpochMs })

/** Words that pydantic, and so scripts of the first ReMo, read as a boolean, in any case. */
const booleanWords = {
  true: ['true', 't', 'yes', 'y', 'on', '1'],
  false: ['false', 'f', 'no', 'n', 'off', '0'],
} as const

function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`)
}

export const booleanParam = paramOf(
  (text) => {
    const word = text.toLowerCase()
    if (booleanWords.true.some((one) => one === word)) return true
    return booleanWords.false.some((one) => one === word) ? false : undefined
  },
  'expected true or false',
  {
    anyOf: [
      { type: 'boolean' },
      { type: 'string', pattern: `^(${[...booleanWords.true, ...booleanWords.false].map(anyCase).join('|')})$` },
    ],
  },
)

/** A number in a body, also as text, which scripts of the first ReMo may send. At most 14 digits before the point. */
export function numberOrText(minimum: number, maximum: number) {
  const text = z
    .string()
    .regex(/^\s*[+-]?\d{1,14}(\.\d+)?\s*$/, 'expected a number')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, rangeText('a number', { minimum, maximum }))
  return z.union([z.number().gte(minimum).lte(maximum), text])
}

/**
 * Names of metrics in one parameter, separated by commas. Commas in the tags of a name belong to it; the description
 * cannot say so.
 */
export function metricNamesParam(atMost: number): z.ZodType<string[], string> {
  const items = { type: 'string', minLength: 1, maxLength: messageLimits.metricName, pattern: '^[^\\u0000,]+$' }
  return z
    .custom<string>((text) => typeof text === 'string', 'expected names separated by commas')
    .transform(splitMetricNames)
    .pipe(z.array(MetricName).min(1).max(atMost))
    .meta({ type: 'array', minItems: 1, maxItems: atMost, items })
}

/** Rows of one page. A script that asks for more gets these, and the next page by `Link`. */
export const rowsAtMost = 5_000

/** Page size and start of a list; the cursor comes from the `Link` header of the previous page. */
export const pageQuery = {
  limit: wholeNumber({ minimum: 0 }, rowsAtMost).prefault('100'),
  cursor: textField(1, 500).optional(),
}

/** Hours before now. More than any retention is the same as all. */
export const hoursQuery = paramOf((text) => numberIn(text, { minimum: 0 }), rangeText('a number', { minimum: 0 }), {
  type: 'number',
  minimum: 0,
})

export const IdParam = z.object({ id: integerParam(1, 2_147_483_647) })
export const UuidParam = z.object({ id: z.uuid() })
export const Message = z.strictObject({ message: z.string() })
