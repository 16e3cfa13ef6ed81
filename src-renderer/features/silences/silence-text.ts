import { formatClockMinutes } from '#shared/format/time.ts'
import { dayMs } from '#shared/format/time-units.ts'
import { wallTimeAt, weekdayOf, type ZoneOffset } from '#shared/format/zone-time.ts'
import type { SilenceWindow } from '#shared/silence/schedule.ts'
import type { SilenceSchedule } from '#shared/silence/silence.ts'

type Weekly = Extract<SilenceSchedule, { kind: 'weekly' }>

/** ISO: 1 is Monday. */
export const weekdays = [
  { day: 1, short: 'Mon', name: 'Monday' },
  { day: 2, short: 'Tue', name: 'Tuesday' },
  { day: 3, short: 'Wed', name: 'Wednesday' },
  { day: 4, short: 'Thu', name: 'Thursday' },
  { day: 5, short: 'Fri', name: 'Friday' },
  { day: 6, short: 'Sat', name: 'Saturday' },
  { day: 7, short: 'Sun', name: 'Sunday' },
] as const

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** ISO day of the week after so many days. */
const weekdayAfter = (day: number, later: number): number => ((day - 1 + later) % 7) + 1
const shortDay = (day: number): string => weekdays[day - 1]?.short ?? ''

/** `Mon to Fri`, `Sat, Sun`, `every day`. */
export function daysText(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  if (sorted.length === 7) return 'every day'
  const runs: number[][] = []
  for (const day of sorted) {
    const run = runs.at(-1)
    if (run && run.at(-1) === day - 1) run.push(day)
    else runs.push([day])
  }
  return runs
    .flatMap((run) =>
      run.length > 2 ? [`${shortDay(run[0] ?? 0)} to ${shortDay(run.at(-1) ?? 0)}`] : run.map(shortDay),
    )
    .join(', ')
}

/** `Wed 22:00 to Thu 04:00`, `01:00 to 04:00, Mon to Fri`, `22:00 to 06:00 the next day, Sat, Sun`. */
export function weeklyText({ days, from, to, daysLater }: Weekly): string {
  const [only] = days
  if (days.length === 1 && only !== undefined) {
    const end = daysLater === 0 ? to : `${shortDay(weekdayAfter(only, daysLater))} ${to}`
    return `${shortDay(only)} ${from} to ${end}`
  }
  const later = ['', ' the next day'][daysLater] ?? ` ${daysLater} days later`
  return `${from} to ${to}${later}, ${daysText(days)}`
}

/** `Wed 25 Nov`: a day of the wall clock. */
export function dayText(at: number, offsetAt: ZoneOffset): string {
  const { day } = wallTimeAt(at, offsetAt)
  const date = new Date(day * dayMs)
  return `${shortDay(((weekdayOf(day) + 6) % 7) + 1)} ${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''}`
}

/** How times are written: zone, and 24 or 12 hours. */
export interface TimeFormat {
  readonly offsetAt: ZoneOffset
  readonly hour12?: boolean
}

const clockText = (at: number, { offsetAt, hour12 = false }: TimeFormat): string =>
  formatClockMinutes(at, { offsetMinutes: offsetAt(at), hour12 })

const yearOf = (at: number, { offsetAt }: TimeFormat): number =>
  new Date(wallTimeAt(at, offsetAt).day * dayMs).getUTCFullYear()

/** `14:04 today`, `Thu 26 Nov, 14:04`, `Sun 28 Mar 2027, 02:00`. */
export function momentInWords(at: number, now: number, format: TimeFormat): string {
  const [day, today] = [wallTimeAt(at, format.offsetAt).day, wallTimeAt(now, format.offsetAt).day]
  const time = clockText(at, format)
  if (day === today) return `${time} today`
  if (day === today + 1) return `${time} tomorrow`
  const year = yearOf(at, format)
  return `${dayText(at, format.offsetAt)}${year === yearOf(now, format) ? '' : ` ${year}`}, ${time}`
}

/** `Wed 25 Nov 22:00 to Thu 26 Nov 04:00`; the day once if it is the same, and the year if it is not that of `now`. */
export function windowInWords({ from, until }: SilenceWindow, now: number, format: TimeFormat): string {
  const [first, last] = [dayText(from, format.offsetAt), dayText(until, format.offsetAt)]
  const year = yearOf(from, format) === yearOf(now, format) ? '' : ` ${yearOf(from, format)}`
  const begin = `${first}${year} ${clockText(from, format)}`
  return `${begin} to ${first === last ? '' : `${last} `}${clockText(until, format)}`
}
