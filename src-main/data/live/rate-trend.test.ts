import { expect, test } from 'vitest'
import { RateTrend } from './rate-trend.ts'

test('the rate is that of the last two whole intervals', () => {
  const trend = new RateTrend(0)
  trend.add(50, 1_000)
  expect(trend.perSecond(1_000)).toBe(50)
  trend.add(50, 4_000)
  expect([trend.perSecond(5_000), trend.trend(5_000)]).toEqual([20, [20]])
  trend.add(300, 9_000)
  trend.add(1_000, 11_000)
  expect([trend.perSecond(11_000), trend.trend(11_000)]).toEqual([40, [20, 60]])
})

test('an interval without a record is 0, and the oldest go', () => {
  const trend = new RateTrend(2_000)
  for (let at = 2_000; at < 200_000; at += 1_000) trend.add(1, at)
  expect(trend.trend(200_000)).toEqual(Array.from({ length: 24 }, () => 1))
  expect(trend.trend(230_000)).toEqual([...Array.from({ length: 18 }, () => 1), ...Array.from({ length: 6 }, () => 0)])
  expect(trend.perSecond(1_000_000)).toBe(0)
})

test('the interval of the start is not whole', () => {
  const trend = new RateTrend(4_000)
  trend.add(10, 4_000)
  expect(trend.trend(5_000)).toEqual([])
  trend.add(10, 6_000)
  expect(trend.trend(10_000)).toEqual([2])
})

test('a clock that was set back keeps counting', () => {
  const trend = new RateTrend(100_000)
  trend.add(5, 104_000)
  trend.add(5, 50_000)
  expect(trend.perSecond(105_000)).toBe(2)
})
