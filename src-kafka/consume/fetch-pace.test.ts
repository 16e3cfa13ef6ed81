import { expect, test } from 'vitest'
import { fetchDelayMs } from './fetch-pace.ts'

test('a response with a backlog is followed by the next fetch at once', () => {
  expect(fetchDelayMs(64 * 1024, 100, 0)).toBe(0)
})

test('on a quiet log the next fetch is sent at once: the last one waited for its first byte', () => {
  expect(fetchDelayMs(200, 0.1, 400)).toBe(0)
  expect(fetchDelayMs(0, 0.1, 500)).toBe(0)
})

test.each([
  ['at most every 50 ms', 0.1, 50],
  ['so that fetching takes a twentieth of a core', 4, 80],
  ['at least every 100 ms', 30, 100],
])('while a few records arrive all the time, it is sent by the clock: %s', (_title, costMs, period) => {
  expect(fetchDelayMs(2_000, costMs, 0)).toBe(period)
  expect(fetchDelayMs(2_000, costMs, 4)).toBe(period - 4)
})
