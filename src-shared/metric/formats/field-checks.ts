import type { RejectionCode } from '../sample.ts'
import type { FormatName } from './format-name.ts'
import { rejected, shownValue } from './readings.ts'
import type { RecordReading } from './record-part.ts'

/** A field that is not as its format has it. */
export interface WrongField {
  /** Path in the record. */
  readonly field: string
  readonly expected: string
  readonly found: unknown
  /** Default: `wrong-shape`. */
  readonly code?: RejectionCode | undefined
}

/** The rejection of a record, or of one of its messages, for a field that is not as the format has it. */
export function wrongField(
  format: FormatName,
  { field, expected, found, code = 'wrong-shape' }: WrongField,
): RecordReading {
  return rejected(format, { code, field, what: `expected ${expected}, got ${shownValue(found)}` })
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const notNumber = /^[+-]?(?:nan|inf(?:inity)?)$/i

/** A number, or a decimal text. NaN for a text such as `nan` or `-inf`; `undefined` for what is no number at all. */
export function numberOrText(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.length > 64) return undefined
  if (number.test(value)) return Number(value)
  return notNumber.test(value) ? NaN : undefined
}
