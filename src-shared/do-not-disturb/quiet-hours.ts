import { z } from 'zod'
import { instantOf, wallTimeAt, weekdayOf } from '../format/zone-time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'

/** In the order of a week that begins on Monday. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time from 00:00 to 23:59')

/**
 * Hours of each week in which notifications are held back. Each chosen day begins a window at `from`. It ends at `to`
 * of the same day, or of the next one if `to` is not later; equal times are a whole day.
 */
export const QuietHours = z
  .strictObject({
    on: z.boolean(),
    days: z.array(z.enum(weekdays)).min(1, 'expected at least one day').max(7, 'expected at most seven days'),
    from: timeOfDay,
    to: timeOfDay,
    /** IANA name, or `local`: the zone of this computer. */
    zone: z.string().regex(/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/, 'expected a time zone such as Europe/Zurich'),
  })
  .refine(({ days, from, to }) => from !== to || new Set(days).size < 7, 'expected hours that end')
export type QuietHours = z.infer<typeof QuietHours>

export const initialQuietHours: QuietHours = {
  on: false,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '22:00',
  to: '07:00',
  zone: 'local',
}

/** The hours, and the offsets of their zone. */
export interface QuietSchedule {
  readonly hours: QuietHours
  readonly offsetAt: ZoneOffset
}

/** End of the quiet hours at that instant, epoch ms; `undefined` outside of them. Windows that touch are one. */
export function quietUntil(schedule: QuietSchedule, at: number): number | undefined {
  if (!schedule.hours.on) return undefined
  let end: number | undefined
  // No more than seven windows can touch: at least one day has none, or none is a whole day.
  for (let windows = 0; windows <= 7; windows++) {
    const from = end ?? at
    const around = windowsAround(schedule, from).filter((window) => window.from <= from && from < window.to)
    if (around.length === 0) break
    end = Math.max(...around.map((window) => window.to))
  }
  return end
}

/** Begin of the next quiet hours after that instant, epoch ms; `undefined` if they are off. */
export function nextQuietAt(schedule: QuietSchedule, at: number): number | undefined {
  if (!schedule.hours.on) return undefined
  const begins = windowsAround(schedule, at).map(({ from }) => from)
  const later = begins.filter((begin) => begin > at)
  return later.length === 0 ? undefined : Math.min(...later)
}

interface Window {
  readonly from: number
  readonly to: number
}

/** Windows that began up to two days before, and all of the week after. */
function windowsAround({ hours, offsetAt }: QuietSchedule, at: number): readonly Window[] {
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)] as const
  const chosen = new Set(hours.days.map((day) => (weekdays.indexOf(day) + 1) % 7))
  const today = wallTimeAt(at, offsetAt).day
  const windows: Window[] = []
  for (let day = today - 2; day <= today + 8; day++) {
    if (!chosen.has(weekdayOf(day))) continue
    // An hour that comes twice is quiet both times, and a quiet time is not interrupted for it.
    const window = {
      from: instantOf({ day, minute: from }, offsetAt, 'first'),
      to: instantOf({ day: to > from ? day : day + 1, minute: to }, offsetAt, to === from ? 'first' : 'last'),
    }
    if (window.from < window.to) windows.push(window)
  }
  return windows
}

/** Minutes since midnight of "22:00". */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
}

/** "Mon to Fri", "Mon, Wed, Sat to Sun", "every day". */
export function daysText(days: readonly Weekday[]): string {
  const chosen = weekdays.map((day) => days.includes(day))
  if (chosen.every(Boolean)) return 'every day'
  const runs: string[] = []
  for (let first = 0; first < 7; first++) {
    if (!chosen[first]) continue
    let last = first
    while (chosen[last + 1]) last++
    const [a, b] = [weekdays[first] ?? 'mon', weekdays[last] ?? 'mon'] as const
    runs.push(first === last ? dayNames[a] : `${dayNames[a]} to ${dayNames[b]}`)
    first = last
  }
  return runs.join(', ')
}
