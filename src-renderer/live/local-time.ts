import type { WallClock } from '#shared/health/health-text.ts'
import { formatClock, formatClockMinutes, formatDate, formatDateTime } from '#shared/format/time.ts'

/** Offset of the operator's time zone in minutes east of UTC, with summer time. */
const offsetAt = (at: number): number => -new Date(at).getTimezoneOffset()

/** The clock for shared texts. */
export function wallClock(now: number): WallClock {
  return { now, offsetMinutes: offsetAt(now) }
}

/** Time of day in the operator's zone: `12:04:31`. */
export function clockTime(at: number): string {
  return formatClock(at, offsetAt(at))
}

/** Hours and minutes: `12:04`. */
export function clockMinutes(at: number): string {
  return formatClockMinutes(at, offsetAt(at))
}

/** Date and time in the operator's zone: `2026-11-23 12:04:31`. */
export function dateTime(at: number): string {
  return formatDateTime(at, offsetAt(at))
}

/** Time of day, with the date before it unless it is today. */
export function clockTimeOrDate(at: number, now: number): string {
  return formatDate(at, offsetAt(at)) === formatDate(now, offsetAt(now)) ? clockTime(at) : dateTime(at)
}

/** Hours and minutes: `12:04`; with the date for another day: `11-23 12:04`. */
export function shortTimeOrDate(at: number, now: number): string {
  const date = formatDate(at, offsetAt(at))
  return date === formatDate(now, offsetAt(now)) ? clockMinutes(at) : `${date.slice(5)} ${clockMinutes(at)}`
}

/** Name of the operator's zone: `Europe/Zurich`. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
