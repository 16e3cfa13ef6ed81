import { parseTimestamp } from '../timestamp.ts'

/** The least epoch number that is a time: 1973 in seconds. Smaller ones are a duration, or nothing. */
const leastSeconds = 1e8
/** From each size on, a number counts the next finer unit. Each unit covers the years 1973 to 5138. */
const milliseconds = 1e11
const microseconds = 1e14
const nanoseconds = 1e17
const tooFine = 1e20

/**
 * Epoch milliseconds of an epoch number in seconds, milliseconds, microseconds or nanoseconds, which its size says.
 * Finer fractions are cut.
 * @returns `undefined` if it is no time after 1973 in any of these units
 */
export function epochMs(value: number): number | undefined {
  if (!(value >= leastSeconds && value < tooFine)) return undefined
  // A thousandth is added because a double holds 1795860000.123 as slightly less.
  if (value < milliseconds) return Math.floor(value * 1000 + 0.001)
  if (value < microseconds) return Math.floor(value)
  // Above 2^53, a double is up to 128 ns beside the number. Without them, 1795860000123000000 ns would be 1 ms early.
  return Math.floor(value < nanoseconds ? value / 1e3 : (value + 128) / 1e6)
}

/**
 * As `epochMs`, of a number in digits, which may be too long for a double.
 * @returns `undefined` also if it has other characters
 */
export function epochMsOfDigits(digits: string): number | undefined {
  if (!/^\d{9,20}$/.test(digits)) return undefined
  return digits.length < 18 ? epochMs(Number(digits)) : epochMs(Number(digits.slice(0, -6)))
}

const digitsOnly = /^\d{9,20}(?:\.\d{1,9})?$/
/** A zone without its colon, as Python and Java write it. */
const shortZone = /([+-]\d\d)(\d\d)$/

/**
 * Epoch milliseconds of a time in a message: an epoch number, its digits as text, or text such as
 * `2026-11-28T10:00:00Z`, also with a space for the T and `+0100` as the zone.
 * @returns `undefined` if it is none. Text without a zone is none: it could be hours off
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return epochMs(value)
  if (typeof value !== 'string' || value.length > 40) return undefined
  if (digitsOnly.test(value)) return epochMsOfDigits(value) ?? epochMs(Number(value))
  const exact = parseTimestamp(value)
  if (exact !== undefined || value.length < 20) return exact
  const usual = value[10] === ' ' ? `${value.slice(0, 10)}T${value.slice(11)}` : value
  return parseTimestamp(
    usual
      .replace(' UTC', 'Z')
      .replace(shortZone, '$1:$2')
      .replace(/ (?=[+-])/, ''),
  )
}
