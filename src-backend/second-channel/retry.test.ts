import { describe, expect, test } from 'vitest'
import { isTemporary, retryAfterMs, retryDelayMs } from './retry.ts'

test('attempts are farther apart each time, up to 10 m', () => {
  expect([1, 2, 3, 4, 5, 100].map((n) => retryDelayMs(n))).toEqual([5_000, 30_000, 120_000, 600_000, 600_000, 600_000])
})

test('a receiver may ask for more time, up to an hour, not for less', () => {
  expect(retryDelayMs(1, 90_000)).toBe(90_000)
  expect(retryDelayMs(1, 86_400_000)).toBe(3_600_000)
  expect(retryDelayMs(3, 1)).toBe(120_000)
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 24, 12)
  test.each([
    [null, 0],
    ['120', 120_000],
    ['Tue, 24 Nov 2026 12:01:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['soon', 0],
    ['-5', 0],
  ])('%s', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

test('statuses that can change are tried again', () => {
  const statuses = [301, 400, 401, 403, 404, 408, 410, 413, 429, 500, 502, 503, 504]
  expect(statuses.filter(isTemporary)).toEqual([408, 429, 500, 502, 503, 504])
})
