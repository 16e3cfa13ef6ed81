import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../format/time-units.ts'
import {
  endOf,
  isZone,
  nextClockChange,
  nextWindow,
  silenceState,
  weeklyMinutes,
  windowAt,
  windowsBetween,
} from './schedule.ts'
import { aSilence, aWeekly } from './silence-builders.ts'
import type { Silence } from './silence.ts'

const at = (text: string): number => Date.parse(text)
const weekly = (change: Parameters<typeof aWeekly>[0] = {}): Silence => aSilence({ schedule: aWeekly(change) })
/** The windows of a night, as UTC times of day. */
const windowsOf = (silence: Silence, from: string, until: string): string[] =>
  windowsBetween(silence, at(from), at(until)).map(({ from: begins, until: ends }) =>
    [begins, ends].map((time) => new Date(time).toISOString().slice(5, 16)).join(' to '),
  )

describe('a silence that does not repeat', () => {
  const silence = aSilence()

  test('is active from its start until its end, exclusive', () => {
    const isActive = [999_999, 1_000_000, 8_199_999, 8_200_000].map((now) => windowAt(silence, now) !== undefined)
    expect(isActive).toEqual([false, true, true, false])
    expect([0, 5_000_000, 9_000_000].map((now) => silenceState(silence, now))).toEqual([
      'scheduled',
      'active',
      'expired',
    ])
  })

  test('ends when a person ends it', () => {
    const expired = { ...silence, expiredAt: 2_000_000 }
    expect(windowAt(expired, 1_999_999)).toEqual({ from: 1_000_000, until: 2_000_000 })
    expect([windowAt(expired, 2_000_000), endOf(expired)]).toEqual([undefined, 2_000_000])
  })

  test('that is ended before its start is never active', () => {
    expect(silenceState({ ...silence, expiredAt: 500_000 }, 0)).toBe('expired')
  })
})

describe('a weekly window keeps its wall time', () => {
  test('in winter and in summer', () => {
    expect(windowsOf(weekly(), '2027-01-01T00:00Z', '2027-01-10T00:00Z')).toEqual(['01-03T01:00 to 01-03T03:00'])
    expect(windowsOf(weekly(), '2027-07-01T00:00Z', '2027-07-10T00:00Z')).toEqual(['07-04T00:00 to 07-04T02:00'])
  })

  // On 28 March 2027, 02:00 to 03:00 does not exist in Zurich. On 31 October 2027, 02:00 to 03:00 comes twice.
  test.each([
    ['01:00', '04:00', '03-28T00:00 to 03-28T02:00', '10-30T23:00 to 10-31T03:00'],
    ['02:00', '04:00', '03-28T01:00 to 03-28T02:00', '10-31T00:00 to 10-31T03:00'],
    ['02:30', '04:00', '03-28T01:00 to 03-28T02:00', '10-31T00:30 to 10-31T03:00'],
    ['02:15', '02:45', '03-28T01:00 to 03-28T01:45', '10-31T00:15 to 10-31T00:45'],
    ['02:30', '03:15', '03-28T01:00 to 03-28T01:15', '10-31T00:30 to 10-31T02:15'],
    ['01:30', '02:00', '03-28T00:30 to 03-28T01:00', '10-30T23:30 to 10-31T00:00'],
    ['01:00', '02:30', '03-28T00:00 to 03-28T01:30', '10-30T23:00 to 10-31T00:30'],
  ])('%s to %s on the nights on which clocks change', (from, to, spring, autumn) => {
    const silence = weekly({ from, to })
    expect(windowsOf(silence, '2027-03-27T12:00Z', '2027-03-28T12:00Z')).toEqual([spring])
    expect(windowsOf(silence, '2027-10-30T12:00Z', '2027-10-31T12:00Z')).toEqual([autumn])
  })

  test('where clocks change by half an hour, and where they never do', () => {
    const howe = weekly({ zone: 'Australia/Lord_Howe', days: [7], from: '01:00', to: '03:00' })
    expect(windowsOf(howe, '2027-10-02T00:00Z', '2027-10-03T00:00Z')).toEqual(['10-02T14:30 to 10-02T16:00'])
    const kolkata = weekly({ zone: 'Asia/Kolkata', days: [1] })
    expect(windowsOf(kolkata, '2027-03-28T00:00Z', '2027-03-29T12:00Z')).toEqual(['03-28T20:30 to 03-28T22:30'])
  })

  test('over midnight, and over several days', () => {
    const patchNight = weekly({ days: [3], from: '22:00', to: '04:00', daysLater: 1 })
    expect(windowsOf(patchNight, '2026-11-23T00:00Z', '2026-11-30T00:00Z')).toEqual(['11-25T21:00 to 11-26T03:00'])
    expect(windowAt(patchNight, at('2026-11-26T02:59:59Z'))).toBeDefined()
    const week = weekly({ days: [1], from: '00:00', to: '00:00', daysLater: 7 })
    expect(windowAt(week, at('2026-11-29T12:00Z'))).toBeDefined()
  })

  test('windows that touch are one', () => {
    const days = weekly({ days: [1, 2], from: '00:00', to: '00:00', daysLater: 1 })
    expect(windowsOf(days, '2026-11-23T12:00Z', '2026-11-23T13:00Z')).toEqual(['11-22T23:00 to 11-24T23:00'])
  })

  test('it starts and ends when it should', () => {
    const limited = weekly({ startsAt: at('2027-01-03T02:00Z'), endsAt: at('2027-01-17T02:00Z') })
    expect(windowsOf(limited, '2027-01-01T00:00Z', '2027-02-10T00:00Z')).toEqual([
      '01-03T02:00 to 01-03T03:00',
      '01-10T01:00 to 01-10T03:00',
      '01-17T01:00 to 01-17T02:00',
    ])
    expect(silenceState(limited, at('2027-01-04T00:00Z'))).toBe('scheduled')
    expect(silenceState(limited, at('2027-01-17T02:00Z'))).toBe('expired')
    expect(nextWindow(limited, at('2026-06-01T00:00Z'))?.from).toBe(at('2027-01-03T02:00Z'))
  })

  test('of an unknown zone is never active', () => {
    expect(silenceState(weekly({ zone: 'Europe/Zurch' }), 0)).toBe('expired')
  })
})

const zones = ['Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia', 'UTC']
const wall = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 15, 30))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const schedule = fc
  .record({
    zone: fc.constantFrom(...zones),
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    from: wall,
    to: wall,
    daysLater: fc.integer({ min: 0, max: 6 }),
  })
  .filter((weeklySchedule) => weeklyMinutes(weeklySchedule) > 0)
  .map((own) => aWeekly(own))
const anyTime = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2028-01-01T00:00Z') })

test('any schedule has one answer, whichever way it is asked', () => {
  fc.assert(
    fc.property(schedule, anyTime, (own, now) => {
      const silence = aSilence({ schedule: own })
      const window = windowAt(silence, now)
      const next = nextWindow(silence, now)
      if (window) expect(window.from <= now && now < window.until).toBe(true)
      else expect(next && next.from > now && next.from <= now + 8 * dayMs).toBe(true)
      if (!window && next) {
        expect(windowAt(silence, next.from - 1)).toBeUndefined()
        expect(windowAt(silence, next.from)).toEqual(next)
      }
    }),
    { numRuns: 300 },
  )
})

test('no window is lost or much longer on a night on which clocks change', () => {
  fc.assert(
    fc.property(schedule, anyTime, (own, from) => {
      const silence = aSilence({ schedule: { ...own, days: [own.days[0] ?? 1] } })
      const length = weeklyMinutes(own) * minuteMs
      for (const window of windowsBetween(silence, from, from + 20 * dayMs)) {
        // Samoa once left out a day.
        expect(Math.abs(window.until - window.from - length) <= hourMs).toBe(true)
        expect(window.until).toBeGreaterThan(window.from)
      }
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['Europe/Zurich', true],
  ['UTC', true],
  ['Europe/Zurch', false],
  ['+01:00', false],
  ['', false],
])('%s is a zone: %s', (zone, expected) => {
  expect(isZone(zone)).toBe(expected)
})

test('the next change of clocks', () => {
  expect(nextClockChange('Europe/Zurich', at('2026-11-29T00:00Z'))).toBe(at('2027-03-28T01:00Z'))
  expect([nextClockChange('UTC', 0), nextClockChange('nowhere', 0)]).toEqual([undefined, undefined])
})
