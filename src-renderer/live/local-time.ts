import type { WallClock } from '#shared/health/health-text.ts'
import { formatClock, formatClockMinutes, formatDate, formatDateTime } from '#shared/format/time.ts'
import { instantOf, wallTimeAt, weekdayOf } from '#shared/format/zone-time.ts'
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

/** The day of a time, as a heading: `Today, 24 November`, `Yesterday, 23 November`, `Sunday, 22 November`. */
export function dayHeading(at: number, now: number): string {
  const { day } = wallTimeAt(at, zoneOffsetAt)
  const ago = wallTimeAt(now, zoneOffsetAt).day - day
  const name = ago === 0 ? 'Today' : ago === 1 ? 'Yesterday' : (weekdays[weekdayOf(day)] ?? '')
  return `${name}, ${dayAndMonth(at)}`
}

/** The days from one time to another: `18 to 24 November`, `28 November to 4 December`, `24 November`. */
export function daysText(from: number, to: number): string {
  const [first = '', month] = dayAndMonth(from).split(' ')
  if (isSameDay(from, to)) return dayAndMonth(to)
  return dayAndMonth(to).endsWith(` ${month}`)
    ? `${first} to ${dayAndMonth(to)}`
    : `${dayAndMonth(from)} to ${dayAndMonth(to)}`
}

/** `24 November`. */
function dayAndMonth(at: number): string {
  const [, month = 1, day = 1] = dateOf(at).split('-').map(Number)
  return `${day} ${months[month - 1] ?? ''}`
}

/** `Wed 18`. */
export function weekdayAndDay(at: number): string {
  const { day } = wallTimeAt(at, zoneOffsetAt)
  return `${weekdays[weekdayOf(day)]?.slice(0, 3) ?? ''} ${Number(dateOf(at).slice(-2))}`
}

/** Minutes east of UTC of the chosen zone. */
export function zoneOffsetAt(at: number): number {
  return timeStyleAt(at).offsetMinutes
}

/** Midnight of the day that is so many days before that of `at`. */
export function startOfDay(at: number, daysBefore = 0): number {
  const { day } = wallTimeAt(at, zoneOffsetAt)
  return instantOf({ day: day - daysBefore, minute: 0 }, zoneOffsetAt, 'first')
}

/** Whether two times are on one day. */
export function isSameDay(a: number, b: number): boolean {
  return dateOf(a) === dateOf(b)
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const

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
