import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../format/time-units.ts'
import { instantOf, nextTimeOfDay, wallTimeAt, weekdayOf } from '../format/zone-time.ts'
import type { ZoneOffset } from '../format/zone-time.ts'
import { daysText, nextQuietAt, QuietHours, quietUntil, weekdays } from './quiet-hours.ts'
import type { Weekday } from './quiet-hours.ts'

/** Offsets from the time zone database of the runtime. */
function zone(timeZone: string): ZoneOffset {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const match = /GMT([+-])(\d\d):(\d\d)/.exec(name)
    return match ? Number(`${match[1] ?? ''}1`) * (Number(match[2]) * 60 + Number(match[3])) : 0
  }
}

/** With a change of an hour, of half an hour, at midnight, in the south, and without one. */
const zones = ['Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata', 'UTC']
const offsets = new Map(zones.map((name) => [name, zone(name)]))
const offsetOf = (name: string): ZoneOffset => offsets.get(name) ?? (() => 0)

const minute = fc.nat({ max: 1439 })
const time = minute.map((at) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`)
const schedule = fc
  .record({
    zone: fc.constantFrom(...zones),
    days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
    from: time,
    to: fc.oneof(time, fc.constant(undefined)),
  })
  .map(({ to, ...rest }) => ({ on: true, ...rest, to: to ?? rest.from }))
  .filter((hours) => QuietHours.safeParse(hours).success)
  .map((hours) => ({ hours, offsetAt: offsetOf(hours.zone) }))
/** Over 400 days with two changes of clocks. */
const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 1, 5) })

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
/** What a person reads off a clock on the wall. */
function isQuietOnTheWall({ hours, offsetAt }: { hours: QuietHours; offsetAt: ZoneOffset }, at: number): boolean {
  const { day, minute: now } = wallTimeAt(at, offsetAt)
  const chosen = (offset: number): boolean => hours.days.includes(weekdays[(weekdayOf(day + offset) + 6) % 7] ?? 'mon')
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)] as const
  if (from < to) return chosen(0) && from <= now && now < to
  return (chosen(0) && now >= from) || (chosen(-1) && now < to)
}
const changesNear = (offsetAt: ZoneOffset, at: number): boolean =>
  new Set([-2, -1, 0, 1, 2].map((days) => offsetAt(at + days * dayMs))).size > 1

describe('quiet hours', () => {
  test('are what the clock on the wall says, away from a change of clocks', () => {
    fc.assert(
      fc.property(schedule, instant, (given, at) => {
        fc.pre(!changesNear(given.offsetAt, at))
        expect(quietUntil(given, at) !== undefined).toBe(isQuietOnTheWall(given, at))
      }),
      { numRuns: 500 },
    )
  })

  test('end: every minute until then is quiet, and the end is not', () => {
    fc.assert(
      fc.property(schedule, instant, fc.double({ min: 0, max: 1, noNaN: true }), (given, at, part) => {
        const until = quietUntil(given, at)
        if (until === undefined) return
        expect(until).toBeGreaterThan(at)
        expect(until - at).toBeLessThanOrEqual(7 * dayMs)
        expect(quietUntil(given, at + Math.floor((until - 1 - at) * part))).toBe(until)
        expect(quietUntil(given, until)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test('begin when they say, and not a minute before', () => {
    fc.assert(
      fc.property(schedule, instant, (given, at) => {
        const next = nextQuietAt(given, at)
        if (next === undefined) throw new Error('no quiet hours in the next week')
        expect(next).toBeGreaterThan(at)
        expect(next - at).toBeLessThanOrEqual(8 * dayMs + hourMs)
        expect(quietUntil(given, next)).toBeGreaterThan(next)
        if (quietUntil(given, at) === undefined) expect(quietUntil(given, next - 1)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test('over the nights in which clocks change', () => {
    const hours = (from: string, to: string, days: Weekday[] = ['sat']) => ({
      hours: { on: true, days, from, to, zone: 'Europe/Zurich' },
      offsetAt: offsetOf('Europe/Zurich'),
    })
    const length = ({ hours: given, offsetAt }: ReturnType<typeof hours>, before: number): number => {
      const from = nextQuietAt({ hours: given, offsetAt }, before) ?? NaN
      return ((quietUntil({ hours: given, offsetAt }, from) ?? NaN) - from) / hourMs
    }
    const [spring, autumn] = [Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 9, 24, 12)] as const
    expect([length(hours('22:00', '07:00'), spring), length(hours('22:00', '07:00'), autumn)]).toEqual([8, 10])
    // 02:30 is skipped in spring and comes twice in autumn: quiet until the second one, without a break.
    expect([length(hours('22:00', '02:30'), spring), length(hours('22:00', '02:30'), autumn)]).toEqual([4, 5.5])
    expect([
      length(hours('02:30', '06:00', ['sun']), spring),
      length(hours('02:30', '06:00', ['sun']), autumn),
    ]).toEqual([3, 4.5])
    // All of it is skipped: there is none that night.
    expect(nextQuietAt(hours('02:10', '02:50', ['sun']), spring)).toBe(Date.UTC(2026, 3, 5, 0, 10))
  })

  test('that are off, and days that follow each other', () => {
    const offsetAt = (): number => 0
    const weekend = { on: true, days: ['sat', 'sun'] as Weekday[], from: '00:00', to: '00:00', zone: 'UTC' }
    const saturday = Date.UTC(2026, 10, 28, 9)
    expect(quietUntil({ hours: weekend, offsetAt }, saturday)).toBe(Date.UTC(2026, 10, 30))
    expect(quietUntil({ hours: { ...weekend, on: false }, offsetAt }, saturday)).toBeUndefined()
    expect(nextQuietAt({ hours: { ...weekend, on: false }, offsetAt }, saturday)).toBeUndefined()
  })

  test('must end, and be real times', () => {
    const week = { on: true, days: [...weekdays], from: '22:00', to: '22:00', zone: 'local' }
    expect(QuietHours.safeParse(week).success).toBe(false)
    expect(QuietHours.safeParse({ ...week, to: '21:59' }).success).toBe(true)
    for (const wrong of [{ from: '24:00' }, { to: '7:00' }, { days: [] }, { zone: '../etc' }, { zone: '' }])
      expect(QuietHours.safeParse({ ...week, to: '07:00', ...wrong }).success).toBe(false)
  })

  test.each<[Weekday[], string]>([
    [['fri', 'mon', 'tue', 'wed', 'thu'], 'Mon to Fri'],
    [['mon', 'wed', 'sat', 'sun'], 'Mon, Wed, Sat to Sun'],
    [[...weekdays], 'every day'],
  ])('%j in words', (days, text) => {
    expect(daysText(days)).toBe(text)
  })
})

describe('a time of the wall clock', () => {
  test('is found in every zone, on every day; if it is skipped, the change is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, minute, (name, at, of) => {
        const offsetAt = offsetOf(name)
        const { day } = wallTimeAt(at, offsetAt)
        const [first, last] = (['first', 'last'] as const).map((which) =>
          instantOf({ day, minute: of }, offsetAt, which),
        )
        expect(first).toBeLessThanOrEqual(last ?? NaN)
        const shown = wallTimeAt(first ?? NaN, offsetAt)
        if (shown.minute !== of) expect(offsetAt((first ?? NaN) - 1)).toBeLessThan(offsetAt(first ?? NaN))
      }),
      { numRuns: 500 },
    )
  })

  test('the next 08:00 is today or tomorrow, also over a change of clocks', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (name, now) => {
        const offsetAt = offsetOf(name)
        const next = nextTimeOfDay(480, now, offsetAt)
        expect(wallTimeAt(next, offsetAt).minute).toBe(480)
        expect(next).toBeGreaterThan(now)
        expect(next - now).toBeLessThanOrEqual(dayMs + hourMs)
        expect(nextTimeOfDay(480, next - minuteMs, offsetAt)).toBe(next)
      }),
      { numRuns: 300 },
    )
  })
})
