import { dayMs, minuteMs } from './time-units.ts'

/** Minutes east of UTC at an instant (epoch ms), in one time zone. It holds the rules of daylight saving time. */
export type ZoneOffset = (at: number) => number

/** A time of the wall clock. `day`: whole days since 1970-01-01. `minute`: since midnight. */
export interface WallTime {
  readonly day: number
  readonly minute: number
}

/** What the clock on the wall shows at an instant. */
export function wallTimeAt(at: number, offsetAt: ZoneOffset): WallTime {
  const local = at + offsetAt(at) * minuteMs
  const day = Math.floor(local / dayMs)
  return { day, minute: Math.floor((local - day * dayMs) / minuteMs) }
}

/** 0 is Sunday, as in JavaScript. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/**
 * The instant at which the wall clock shows this time, epoch ms. When clocks are set back, a time comes twice: `which`
 * selects one. When they are set forward, a time is skipped: the result is the instant of the change.
 */
export function instantOf({ day, minute }: WallTime, offsetAt: ZoneOffset, which: 'first' | 'last'): number {
  const local = day * dayMs + minute * minuteMs
  // A zone is at most 14 hours from UTC, so the offset of the instant is one of these.
  const [before, after] = [offsetAt(local - dayMs), offsetAt(local + dayMs)] as const
  const candidates = [...new Set([before, after])].map((offset) => local - offset * minuteMs)
  const real = candidates.filter((at) => at + offsetAt(at) * minuteMs === local)
  if (real.length > 0) return which === 'first' ? Math.min(...real) : Math.max(...real)
  return changeBetween(Math.min(...candidates), Math.max(...candidates), offsetAt)
}

const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** To write before a time of day of the next week: "" for today, "tomorrow ", "Mon ". */
export function dayPrefix(at: number, now: number, offsetAt: ZoneOffset): string {
  const { day } = wallTimeAt(at, offsetAt)
  const ahead = day - wallTimeAt(now, offsetAt).day
  if (ahead === 0) return ''
  return ahead === 1 ? 'tomorrow ' : `${weekdayNames[weekdayOf(day)] ?? ''} `
}

/** The next instant after `now` at which the wall clock shows this time of day; after a skipped time, the change. */
export function nextTimeOfDay(minute: number, now: number, offsetAt: ZoneOffset): number {
  const { day } = wallTimeAt(now, offsetAt)
  for (const ahead of [0, 1, 2]) {
    const at = instantOf({ day: day + ahead, minute }, offsetAt, 'first')
    if (at > now) return at
  }
  return now + dayMs // a zone that skipped a whole day
}

/** The first instant with the offset of `to`. `from` has another one. */
function changeBetween(from: number, to: number, offsetAt: ZoneOffset): number {
  const offset = offsetAt(to)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === offset) high = middle
    else low = middle
  }
  return high
}
