import { dayMs } from '#shared/format/time-units.ts'
import { instantOf, wallTimeAt, weekdayOf, type ZoneOffset } from '#shared/format/zone-time.ts'
import { windowsBetween } from '#shared/silence/schedule.ts'
import type { Silence } from '#shared/silence/silence.ts'

/** A week in a zone: Monday 00:00 to the next Monday. Times are epoch ms, days are since 1970-01-01. */
export interface Week {
  readonly firstDay: number
  readonly from: number
  readonly until: number
  /** Moment at which each of its days begins. */
  readonly days: readonly number[]
  /** ISO number of the week. */
  readonly number: number
}

/** A window in the strip: `left` and `width` are parts of the week, by the wall clock. */
export interface Bar {
  readonly left: number
  readonly width: number
  readonly from: number
  readonly until: number
  readonly isActive: boolean
}

export interface StripRow {
  readonly silence: Silence
  readonly bars: readonly Bar[]
}

const daysOfWeek = 7

/** The week of `now`, or so many weeks later. */
export function weekOf(now: number, offsetAt: ZoneOffset, weeksLater = 0): Week {
  const { day } = wallTimeAt(now, offsetAt)
  const firstDay = day - ((weekdayOf(day) + 6) % 7) + daysOfWeek * weeksLater
  const startOf = (one: number): number => instantOf({ day: one, minute: 0 }, offsetAt, 'first')
  const days = Array.from({ length: daysOfWeek }, (_, i) => startOf(firstDay + i))
  return {
    firstDay,
    from: startOf(firstDay),
    until: startOf(firstDay + daysOfWeek),
    days,
    number: weekNumber(firstDay),
  }
}

/** ISO 8601: the week of its Thursday, counted from 1 January. `monday`: days since 1970-01-01. */
function weekNumber(monday: number): number {
  const thursday = monday + 3
  const year = new Date(thursday * dayMs).getUTCFullYear()
  return Math.floor((thursday - Date.UTC(year, 0, 1) / dayMs) / daysOfWeek) + 1
}

/**
 * Where a moment is in the week, 0 to 1. Each day has the same width and shows the wall clock, so a day of 23 or 25
 * hours moves nothing after it.
 */
export function placeOf(at: number, week: Week, offsetAt: ZoneOffset): number {
  if (at <= week.from) return 0
  if (at >= week.until) return 1
  const { day, minute } = wallTimeAt(at, offsetAt)
  return (day - week.firstDay + minute / 1440) / daysOfWeek
}

interface Strip {
  readonly week: Week
  readonly now: number
  readonly offsetAt: ZoneOffset
}

/** The silences with a window in this week. */
export function stripRows(silences: readonly Silence[], { week, now, offsetAt }: Strip): readonly StripRow[] {
  return silences.flatMap((silence) => {
    const bars = windowsBetween(silence, week.from, week.until).map(({ from, until }) => {
      const left = placeOf(from, week, offsetAt)
      const width = placeOf(until, week, offsetAt) - left
      return { left, width, from, until, isActive: from <= now && now < until }
    })
    return bars.length === 0 ? [] : [{ silence, bars }]
  })
}
