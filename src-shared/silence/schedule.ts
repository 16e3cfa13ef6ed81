import { Temporal } from 'temporal-polyfill'
import { dayMs, minuteMs } from '../format/time-units.ts'
import type { Silence, SilenceSchedule } from './silence.ts'

/** When a silence is active: from `from` to `until` (exclusive), epoch ms. */
export interface SilenceWindow {
  readonly from: number
  readonly until: number
}

type Weekly = Extract<SilenceSchedule, { kind: 'weekly' }>
type Scheduled = Pick<Silence, 'schedule' | 'expiredAt'>

/** The longest window of a schedule by the week, days. */
const weekDays = 7

/** A week on each side of a time has every window that may be active then. */
const aroundMs = (weekDays + 1) * dayMs

/** The window that is active at `now` (epoch ms). */
export function windowAt(silence: Scheduled, now: number): SilenceWindow | undefined {
  return windowsBetween(silence, now, now + 1)[0]
}

/** The first window that begins after `now`. */
export function nextWindow(silence: Scheduled, now: number): SilenceWindow | undefined {
  // A schedule by the week has a window within eight days, unless it has not started.
  const { schedule } = silence
  const start = schedule.kind === 'weekly' ? Math.max(now, (schedule.startsAt ?? now) - 1) : now
  const until = schedule.kind === 'weekly' ? start + aroundMs : Infinity
  return windowsBetween(silence, now, until).find(({ from }) => from > now)
}

/** `scheduled`: it will be active, or is again and again. */
export type SilenceState = 'active' | 'scheduled' | 'expired'

export function silenceState(silence: Scheduled, now: number): SilenceState {
  if (windowAt(silence, now)) return 'active'
  return nextWindow(silence, now) ? 'scheduled' : 'expired'
}

/** When the silence has no window any more; `undefined`: it comes each week without an end. */
export function endOf({ schedule, expiredAt }: Scheduled): number | undefined {
  const end = schedule.endsAt
  return expiredAt === undefined ? end : Math.min(expiredAt, end ?? Infinity)
}

/**
 * The windows that overlap the time from `from` to `until` (epoch ms), oldest first. Windows that touch are one. At most
 * a year of a schedule by the week.
 */
export function windowsBetween(silence: Scheduled, from: number, until: number): readonly SilenceWindow[] {
  const { schedule, expiredAt = Infinity } = silence
  const limits = {
    from: schedule.startsAt ?? -Infinity,
    until: Math.min(expiredAt, schedule.endsAt ?? Infinity),
  }
  const windows =
    schedule.kind === 'once'
      ? [{ from: schedule.startsAt, until: schedule.endsAt }]
      : weeklyWindows(schedule, Math.max(from, limits.from), Math.min(until, limits.until))
  return joined(windows)
    .map((window) => ({ from: Math.max(window.from, limits.from), until: Math.min(window.until, limits.until) }))
    .filter((window) => window.from < window.until && window.from < until && window.until > from)
}

/** Windows of the days around the time, oldest first. */
function weeklyWindows(schedule: Weekly, from: number, until: number): SilenceWindow[] {
  if (!isZone(schedule.zone) || from >= until) return []
  const windows: SilenceWindow[] = []
  const last = Math.min(until, from + 366 * dayMs)
  for (let date = dateIn(schedule.zone, from - aroundMs); ; date = date.add({ days: 1 })) {
    const begins = startOf(schedule, date)
    if (begins > last + aroundMs) return windows
    if (schedule.days.includes(date.dayOfWeek)) windows.push({ from: begins, until: endOfWindow(schedule, date) })
  }
}

function joined(windows: readonly SilenceWindow[]): SilenceWindow[] {
  const list: SilenceWindow[] = []
  for (const window of [...windows].sort((a, b) => a.from - b.from)) {
    const before = list.at(-1)
    if (before === undefined || window.from > before.until) list.push(window)
    else list[list.length - 1] = { from: before.from, until: Math.max(before.until, window.until) }
  }
  return list
}

/** A window that begins within the gap of a clock change begins at its end. */
function startOf({ zone, from }: Weekly, date: Temporal.PlainDate): number {
  const wall = date.toPlainDateTime(Temporal.PlainTime.from(from))
  const moment = wall.toZonedDateTime(zone, { disambiguation: 'compatible' })
  const isInGap = !moment.toPlainDateTime().equals(wall)
  // The change may be at this moment, and the one before is asked for.
  const change = isInGap ? moment.add({ milliseconds: 1 }).getTimeZoneTransition('previous') : null
  return (change ?? moment).epochMilliseconds
}

/** A window that ends within the gap ends as much later as the clocks were set forward. So no window is lost. */
function endOfWindow({ zone, to, daysLater }: Weekly, date: Temporal.PlainDate): number {
  const wall = date.add({ days: daysLater }).toPlainDateTime(Temporal.PlainTime.from(to))
  return wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}

function dateIn(zone: string, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(zone).toPlainDate()
}

/** Whether the system knows this IANA zone. Plain offsets are none: they have no clock changes. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    dateIn(zone, 0)
    return true
  } catch {
    return false
  }
}

/** The next time at which the clocks of a zone change, epoch ms; `undefined` without one. */
export function nextClockChange(zone: string, now: number): number | undefined {
  if (!isZone(zone)) return undefined
  const moment = Temporal.Instant.fromEpochMilliseconds(Math.trunc(now)).toZonedDateTimeISO(zone)
  return moment.getTimeZoneTransition('next')?.epochMilliseconds
}

/** Length of a weekly window by the wall clock, minutes. */
export function weeklyMinutes({ from, to, daysLater }: Pick<Weekly, 'from' | 'to' | 'daysLater'>): number {
  return minutesOf(to) - minutesOf(from) + (daysLater * dayMs) / minuteMs
}

function minutesOf(wall: string): number {
  const { hour, minute } = Temporal.PlainTime.from(wall)
  return hour * 60 + minute
}
