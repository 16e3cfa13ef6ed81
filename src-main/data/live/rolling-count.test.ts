import { expect, test } from 'vitest'
import { RollingCount } from './rolling-count.ts'

test('the average omits the current second and does not dilute a short run', () => {
  const count = new RollingCount(0)
  for (let ms = 0; ms < 3000; ms += 100) count.add(5, ms)
  count.add(1000, 3000)
  expect(count.perSecond(10, 3500)).toBe(50)
  expect(count.perSecond(10, 100)).toBe(50)
})

test('counts older than the span are dropped, also if nothing was counted since', () => {
  const count = new RollingCount(0)
  count.add(600, 500)
  expect(count.sum(60, 60_000)).toBe(600)
  expect(count.sum(60, 61_000)).toBe(0)
  count.add(6, 3_600_000)
  expect(count.sum(60, 3_601_000)).toBe(6)
})
