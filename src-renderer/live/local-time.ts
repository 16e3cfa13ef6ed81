import type { WallClock } from '#shared/health/health-text.ts'
import { formatClock, formatClockMinutes, formatDate, formatDateTime } from '#shared/format/time.ts'
import { timeStyleAt } from './time-style.svelte.ts'

/** The clock for shared texts. */
export function wallClock(now: number): WallClock {
  return { now, ...timeStyleAt(now) }
}

/** Time of day in the chosen zone: `12:04:31`. */
export function clockTime(at: number): string {
  return formatClock(at, timeStyleAt(at))
}

/** Hours and minutes: `12:04`. */
export function clockMinutes(at: number): string {
  return formatClockMinutes(at, timeStyleAt(at))
}

/** Date and time in the chosen zone: `2026-11-23 12:04:31`. */
export function dateTime(at: number): string {
  return formatDateTime(at, timeStyleAt(at))
}

/** Time of day, with the date before it unless it is today. */
export function clockTimeOrDate(at: number, now: number): string {
  return dateOf(at) === dateOf(now) ? clockTime(at) : dateTime(at)
}

/** Hours and minutes: `12:04`; with the date for another day: `11-23 12:04`. */
export function shortTimeOrDate(at: number, now: number): string {
  return dateOf(at) === dateOf(now) ? clockMinutes(at) : `${dateOf(at).slice(5)} ${clockMinutes(at)}`
}

/** Month and day, with the time of day unless it is midnight: `11-23`, `11-23 12:04`. */
export function shortDate(at: number): string {
  const day = dateOf(at).slice(5)
  const isMidnight = formatClockMinutes(at, timeStyleAt(at).offsetMinutes) === '00:00'
  return isMidnight ? day : `${day} ${clockMinutes(at)}`
}

/** `22:40 yesterday`, `07:55 today`, `11-23 22:40`. */
export function minutesAndDay(at: number, now: number): string {
  const day = dateOf(at)
  if (day === dateOf(now)) return `${clockMinutes(at)} today`
  if (day === dateOf(now - 86_400_000)) return `${clockMinutes(at)} yesterday`
  return `${day.slice(5)} ${clockMinutes(at)}`
}

function dateOf(at: number): string {
  return formatDate(at, timeStyleAt(at))
}
