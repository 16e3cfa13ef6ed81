import { parseDuration } from '#shared/format/duration.ts'
import { formatClockMinutes, formatDate } from '#shared/format/time.ts'
import { dayMs, minuteMs } from '#shared/format/time-units.ts'
import { instantOf, nextTimeOfDay, type ZoneOffset } from '#shared/format/zone-time.ts'

/** The clock by which a moment is read. `now`: epoch ms. */
export interface MomentClock {
  readonly now: number
  readonly offsetAt: ZoneOffset
}

/** What a field for a moment accepts, in one sentence. */
export const momentHint = 'A time like 14:30, a date and time like 2026-11-30 08:00, or a duration like 3h.'

/** `2026-11-30 08:00`: a moment as its field shows it. */
export function momentText(at: number, { offsetAt }: MomentClock): string {
  const offset = offsetAt(at)
  return `${formatDate(at, offset)} ${formatClockMinutes(at, offset)}`
}

/**
 * The moment that a person means, epoch ms: a duration from now, the next such time of day, or a date with a time.
 * `undefined` for anything else, a day that does not exist included.
 */
export function parseMoment(text: string, clock: MomentClock): number | undefined {
  const trimmed = text.trim()
  const duration = parseDuration(trimmed)
  if (duration !== undefined) return clock.now + duration
  const [, date, time = ''] = /^(?:(\d{4}-\d{2}-\d{2})[T ]\s*)?(\d{1,2}:\d{2}(?:\s*[ap]m)?)$/i.exec(trimmed) ?? []
  const minute = minuteOf(time)
  if (minute === undefined) return undefined
  if (date === undefined) return nextTimeOfDay(minute, clock.now, clock.offsetAt)
  const day = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(day) || formatDate(day, 0) !== date) return undefined
  return instantOf({ day: day / dayMs, minute }, clock.offsetAt, 'first')
}

/** Minutes since midnight of `14:30` or `2:30 PM`. */
function minuteOf(time: string): number | undefined {
  const [, hours = '', minutes = '', half] = /^(\d{1,2}):(\d{2})(?:\s*([ap])m)?$/i.exec(time) ?? []
  const [hour, minute] = [Number(hours), Number(minutes)]
  if (hours === '' || minute > 59 || hour > (half === undefined ? 23 : 12)) return undefined
  if (half === undefined) return hour * 60 + minute
  if (hour === 0) return undefined
  return (hour % 12) * 60 + minute + (half.toLowerCase() === 'p' ? 720 : 0)
}

/** The next full minute: what a field can show. */
export function fullMinute(at: number): number {
  return Math.ceil(at / minuteMs) * minuteMs
}
