import { formatDuration, formatDurationShort } from './duration.ts'
import { unitSpace, unknownText } from './number.ts'
import { dayMs, hourMs, minuteMs, secondMs } from './time-units.ts'

/** Parts of an instant in a zone that is `offsetMinutes` east of UTC. Month and day count from 1. */
interface CivilTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** How a time of day is written. A number alone: minutes east of UTC, 24 h. */
export interface TimeStyle {
  /** Minutes east of UTC at that time. */
  readonly offsetMinutes: number
  /** "2:02 PM" instead of "14:02". */
  readonly hour12?: boolean
}

/** "12:02:11"; "12:02:11 PM". */
export function formatClock(at: number | null | undefined, style: TimeStyle | number): string {
  if (!isInstant(at)) return unknownText
  const { hour, minute, second } = civil(at, offsetOf(style))
  return timeOfDay(hour, `:${pad(minute)}:${pad(second)}`, style)
}

/** "12:02"; "12:02 PM". */
export function formatClockMinutes(at: number | null | undefined, style: TimeStyle | number): string {
  if (!isInstant(at)) return unknownText
  const { hour, minute } = civil(at, offsetOf(style))
  return timeOfDay(hour, `:${pad(minute)}`, style)
}

/** "2026-11-24". */
export function formatDate(at: number | null | undefined, style: TimeStyle | number): string {
  if (!isInstant(at)) return unknownText
  const { year, month, day } = civil(at, offsetOf(style))
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}`
}

/** "2026-11-24 12:02:11". */
export function formatDateTime(at: number | null | undefined, style: TimeStyle | number): string {
  return isInstant(at) ? `${formatDate(at, style)} ${formatClock(at, style)}` : unknownText
}

/** RFC 3339 with milliseconds: "2026-11-24T12:02:11.120+01:00"; "Z" instead of "+00:00". For files. */
export function formatRfc3339(at: number, offsetMinutes: number): string {
  const ms = pad(Math.floor(at) - Math.floor(at / secondMs) * secondMs, 3)
  const minutes = Math.abs(offsetMinutes)
  const sign = offsetMinutes < 0 ? '-' : '+'
  const zone = minutes === 0 ? 'Z' : `${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
  return `${formatDate(at, offsetMinutes)}T${formatClock(at, offsetMinutes)}.${ms}${zone}`
}

function offsetOf(style: TimeStyle | number): number {
  return typeof style === 'number' ? style : style.offsetMinutes
}

/** Midnight is 12 AM, noon 12 PM. */
function timeOfDay(hour: number, rest: string, style: TimeStyle | number): string {
  if (typeof style === 'number' || style.hour12 !== true) return `${pad(hour)}${rest}`
  return `${hour % 12 === 0 ? 12 : hour % 12}${rest}${unitSpace}${hour < 12 ? 'AM' : 'PM'}`
}

/** An event time that is further ahead of a computer's clock than this is from a wrong clock. Both may differ a little. */
const aheadAfterMs = 60_000

/** Whether a time is from the future: it is not current, and no age follows from it. Both in epoch ms. */
export function isAhead(at: number, now: number): boolean {
  return at - now > aheadAfterMs
}

/** "12 s ago", "6 m ago", "50 m ahead". A time a little ahead of `now` (clocks differ) gives "0 s ago". */
export function ago(at: number | null | undefined, now: number): string {
  if (!isInstant(at)) return unknownText
  return isAhead(at, now) ? `${formatDurationShort(at - now)} ahead` : `${formatDurationShort(now - at)} ago`
}

/**
 * "0.8 s ago" below ten seconds: tenths show that values keep changing. Above, `formatDuration` with "ago". "50 m ahead"
 * from a wrong clock.
 */
export function agoExact(at: number | null | undefined, now: number): string {
  if (!isInstant(at)) return unknownText
  if (isAhead(at, now)) return ago(at, now)
  const ms = Math.max(0, now - at)
  const text = ms < 10_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)}${unitSpace}s` : formatDuration(ms)
  return `${text} ago`
}

function isInstant(at: number | null | undefined): at is number {
  return at !== null && at !== undefined && Number.isFinite(at)
}

/** Days to year, month, day in the proleptic Gregorian calendar, by eras of 400 years that begin on 1 March. */
function civil(at: number, offsetMinutes: number): CivilTime {
  const local = Math.floor(at) + offsetMinutes * minuteMs
  const days = Math.floor(local / dayMs)
  const ms = local - days * dayMs
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
    hour: Math.floor(ms / hourMs),
    minute: Math.floor(ms / minuteMs) % 60,
    second: Math.floor(ms / secondMs) % 60,
  }
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}
