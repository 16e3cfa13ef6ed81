import { expect, test } from 'vitest'
import { aSilence, aWeekly } from '#shared/silence/silence-builders.ts'
import { zoneOffset } from '../../live/zone-offset.ts'
import { placeOf, stripRows, weekOf } from './week-strip.ts'

const offsetAt = zoneOffset('Europe/Zurich')
const at = (text: string): number => Date.parse(text)
const iso = (moment: number): string => new Date(moment).toISOString()

test('a week begins on Monday at midnight of the zone', () => {
  const week = weekOf(at('2026-11-24T11:04:00Z'), offsetAt)
  expect([iso(week.from), iso(week.until), week.number]).toEqual([
    '2026-11-22T23:00:00.000Z',
    '2026-11-29T23:00:00.000Z',
    48,
  ])
  expect(weekOf(at('2026-11-29T22:59:00Z'), offsetAt)).toEqual(week)
  expect(weekOf(at('2026-11-24T11:04:00Z'), offsetAt, 1).number).toBe(49)
})

test('the first week of a year has its first Thursday', () => {
  expect(weekOf(at('2026-01-01T11:00:00Z'), offsetAt).number).toBe(1)
  expect(weekOf(at('2027-01-01T11:00:00Z'), offsetAt).number).toBe(53)
  expect(weekOf(at('2027-01-04T11:00:00Z'), offsetAt).number).toBe(1)
})

test('in a week with 169 hours, each day still has the same width', () => {
  const week = weekOf(at('2026-10-22T11:00:00Z'), offsetAt)
  expect((week.until - week.from) / 3_600_000).toBe(169)
  for (const [i, day] of week.days.entries()) expect(placeOf(day, week, offsetAt)).toBeCloseTo(i / 7)
  expect(placeOf(at('2026-10-25T11:00:00Z'), week, offsetAt)).toBeCloseTo(6.5 / 7)
})

test('a window of the night in which clocks are set back is drawn by the wall clock', () => {
  const week = weekOf(at('2026-10-22T11:00:00Z'), offsetAt)
  const [row] = stripRows([aSilence({ schedule: aWeekly() })], { week, now: at('2026-10-25T01:30:00Z'), offsetAt })
  const [bar] = row?.bars ?? []
  expect([iso(bar?.from ?? 0), iso(bar?.until ?? 0)]).toEqual(['2026-10-25T00:00:00.000Z', '2026-10-25T03:00:00.000Z'])
  expect([bar?.left, bar?.width]).toEqual([expect.closeTo((6 + 2 / 24) / 7), expect.closeTo(2 / 24 / 7)])
  expect(bar?.isActive).toBe(true)
})

test('a window that began before the week is cut, and one outside of it has no row', () => {
  const now = at('2026-11-24T11:00:00Z')
  const week = weekOf(now, offsetAt)
  const once = (from: string, until: string) =>
    aSilence({ schedule: { kind: 'once', startsAt: at(from), endsAt: at(until) } })
  const [row, ...others] = stripRows(
    [once('2026-11-20T11:00:00Z', '2026-12-20T11:00:00Z'), once('2026-12-20T11:00:00Z', '2026-12-20T12:00:00Z')],
    { week, now, offsetAt },
  )
  expect(row?.bars).toMatchObject([{ left: 0, width: 1 }])
  expect(others).toEqual([])
})
