import { expect, test } from 'vitest'
import { barGrid, barGridWithin, customSpan, fieldText, fieldTime } from './history-range.ts'

/** Zurich: the clocks were set back at 2026-10-25T01:00Z, from +02:00 to +01:00. */
const change = Date.parse('2026-10-25T01:00:00Z')
const offsetAt = (at: number): number => (at < change ? 120 : 60)
const now = Date.parse('2026-11-24T11:02:11Z')
const at = (from: string, to: string) => customSpan({ from, to }, { now, offsetAt })

test.each([
  { range: '1 h', hours: 1, shown: ['11:02', '12:03', 61] },
  { range: '6 h', hours: 6, shown: ['06:00', '12:05', 73] },
  { range: '24 h', hours: 24, shown: ['12:00', '12:30', 49] },
  { range: '7 d', hours: 7 * 24, shown: ['12:00', '14:00', 85] },
  { range: '90 d', hours: 90 * 24, shown: ['00:00', '00:00', 91] },
])('the bars of $range begin at round times of the wall clock', ({ hours, shown }) => {
  const grid = barGrid({ from: now - hours * 3_600_000, to: now }, 60)
  const clock = (time: number): string => new Date(time + 3_600_000).toISOString().slice(11, 16)
  expect([clock(grid.span.from), clock(grid.span.to), grid.bars]).toEqual(shown)
})

test('a chosen range begins and ends where it was chosen', () => {
  const span = { from: now - 3 * 3_600_000, to: now }
  expect(barGridWithin(span)).toEqual({ span, bars: 90 })
})

test('a field shows the wall clock of the chosen zone, and gives the same time back', () => {
  expect(fieldText(now, offsetAt)).toBe('2026-11-24T12:02')
  expect(fieldTime('2026-11-24T12:02', offsetAt)).toBe(Date.parse('2026-11-24T11:02:00Z'))
  // A time that came twice is the first one.
  expect(fieldTime('2026-10-25T02:30', offsetAt)).toBe(Date.parse('2026-10-25T00:30:00Z'))
})

test('the last minute is part of the range', () => {
  expect(at('2026-11-24T03:00', '2026-11-24T04:00')).toEqual({
    from: Date.parse('2026-11-24T02:00:00Z'),
    to: Date.parse('2026-11-24T03:01:00Z'),
  })
})

test.each([
  ['', '2026-11-24T04:00', 'Enter a start and an end.'],
  ['2026-11-24T03:00', 'tomorrow', 'Enter a start and an end.'],
  ['2026-11-24T04:00', '2026-11-24T03:00', 'The end must be after the start.'],
  ['2026-11-25T04:00', '2026-11-26T03:00', 'The start is in the future.'],
  ['2026-01-01T00:00', '2026-11-24T03:00', 'A range has at most 90 days.'],
])('from %j to %j: %s', (from, to, problem) => {
  expect(at(from, to)).toBe(problem)
})
