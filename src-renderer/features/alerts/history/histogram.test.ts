import { expect, test } from 'vitest'
import { barAt, spanOfBars, timeTicks } from './histogram.ts'

const hour = 3_600_000
const bars = [0, 1, 2, 3].map((n) => ({ from: 10 * hour + n * hour, critical: 0, warning: n, info: 0 }))
const span = { from: 10 * hour, to: 14 * hour }

test('ticks are round times of the zone', () => {
  const day = { from: Date.parse('2026-11-23T11:02:00Z'), to: Date.parse('2026-11-24T11:02:00Z') }
  const times = timeTicks(day, 60).map((at) => new Date(at).toISOString().slice(11, 16))
  expect(times).toEqual(['17:00', '23:00', '05:00', '11:00'])
  const week = { from: Date.parse('2026-11-17T11:02:00Z'), to: Date.parse('2026-11-24T11:02:00Z') }
  expect(timeTicks(week, 60).map((at) => new Date(at + hour).toISOString().slice(8, 16))).toEqual(
    [18, 19, 20, 21, 22, 23, 24].map((date) => `${date}T00:00`),
  )
})

test('a drag over bars is the range of whole bars, in either direction', () => {
  expect(spanOfBars(bars, span, [2, 1])).toEqual({ from: 11 * hour, to: 13 * hour })
  expect(spanOfBars(bars, span, [3, 3])).toEqual({ from: 13 * hour, to: 14 * hour })
})

test('a place is a bar, and places beside the drawing are the outermost ones', () => {
  expect([-0.2, 0, 0.26, 0.99, 1.4].map((fraction) => barAt(bars, span, fraction))).toEqual([0, 0, 1, 3, 3])
})
