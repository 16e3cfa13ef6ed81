import { dayMs, hourMs, minuteMs, secondMs } from '../format/time-units.ts'

/**
 * RFC 3339 text to epoch milliseconds, by hand: `Date.parse` accepts more than RFC 3339 (hour 24) and costs a third of
 * the whole decoding. Rejected: days that do not exist, hour 24, and the leap second 60, which epoch time cannot hold.
 * A fraction finer than a millisecond is cut.
 */

const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const
const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const epochDay = dayNumber(1970, 1, 1)

/** Epoch milliseconds, or `undefined` if the text is not an RFC 3339 time. */
export function parseTimestamp(text: string): number | undefined {
  if (text.length < 20 || text.length > 35 || !hasFixedMarks(text)) return undefined
  const date = dateMs(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
  const time = timeMs(digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19))
  const zoneFrom = endOfFraction(text)
  const zone = zoneMs(text, zoneFrom)
  const ms = date + time + fractionMs(text, zoneFrom) - zone
  return Number.isNaN(ms) ? undefined : ms
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function hasFixedMarks(text: string): boolean {
  const separator = text.charCodeAt(10) | 0x20
  return text[4] === '-' && text[7] === '-' && separator === 0x74 && text[13] === ':' && text[16] === ':'
}

/** Value of the digits in [from, to); NaN if there is any other character. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return NaN
    value = value * 10 + digit
  }
  return value
}

/** Days from 0000-01-01 in the proleptic Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400)
  const leapDay = month > 2 && isLeapYear(year) ? 1 : 0
  return year * 365 + leapDays + (daysBeforeMonth[month - 1] ?? NaN) + leapDay + day
}

function dateMs(year: number, month: number, day: number): number {
  const length = (daysInMonth[month - 1] ?? 0) + (month === 2 && isLeapYear(year) ? 1 : 0)
  return day >= 1 && day <= length ? (dayNumber(year, month, day) - epochDay) * dayMs : NaN
}

function timeMs(hour: number, minute: number, second: number): number {
  return hour < 24 && minute < 60 && second < 60 ? hour * hourMs + minute * minuteMs + second * secondMs : NaN
}

/** Start index of the zone; 19 without a fraction. */
function endOfFraction(text: string): number {
  if (text[19] !== '.') return 19
  let end = 20
  while (end < text.length && !Number.isNaN(digits(text, end, end + 1))) end++
  return end
}

function fractionMs(text: string, end: number): number {
  if (end === 19) return 0
  if (end === 20 || end > 29) return NaN
  const shown = Math.min(end, 23)
  return digits(text, 20, shown) * (shown === 23 ? 1 : shown === 22 ? 10 : 100)
}

function zoneMs(text: string, from: number): number {
  if (from + 1 === text.length) return (text.charCodeAt(from) | 0x20) === 0x7a ? 0 : NaN
  const sign = text[from] === '+' ? 1 : text[from] === '-' ? -1 : NaN
  if (from + 6 !== text.length || text[from + 3] !== ':') return NaN
  return sign * timeMs(digits(text, from + 1, from + 3), digits(text, from + 4, from + 6), 0)
}
