import { expect, test } from 'vitest'
import { freshnessOf } from './freshness.ts'

const noon = 1_800_014_400_000

test.each([
  [15_000, 5000, 'fresh'],
  [15_001, 5000, 'stale'],
  [30_000, 10_000, 'fresh'],
  [30_001, 10_000, 'stale'],
  [60_001, 5000, 'offline'],
  [15_001, NaN, 'stale'],
  [180_000, 60_000, 'fresh'],
  [180_001, 60_000, 'offline'],
])('a sample %i ms old at an interval of %i ms is %s', (age, intervalMs, freshness) => {
  expect(freshnessOf(noon - age, intervalMs, noon)).toBe(freshness)
})

test('a node whose newest sample is more than a minute ahead is not fresh', () => {
  expect([60_000, 60_001].map((ahead) => freshnessOf(noon + ahead, 5000, noon))).toEqual(['fresh', 'ahead'])
})

test('a node without a sample is offline', () => {
  expect([freshnessOf(null, 5000, noon), freshnessOf(NaN, 5000, noon)]).toEqual(['offline', 'offline'])
})
