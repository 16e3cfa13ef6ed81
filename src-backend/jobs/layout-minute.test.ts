import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LayoutMinute } from './layout-minute.ts'

const sample = fc.record({
  at: fc.integer({ min: 0, max: 59_999_999 }),
  values: fc.tuple(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
})
const samples = fc.uniqueArray(sample, { minLength: 1, maxLength: 70, selector: ({ at }) => at })

test('extremes and newest values are those of the samples, in whatever order they come', () => {
  fc.assert(
    fc.property(samples, (all) => {
      const summed = new LayoutMinute(2)
      for (const { at, values } of all) summed.add(at, values)
      const inTime = all.toSorted((a, b) => a.at - b.at)
      expect([summed.n, summed.lastAt]).toEqual([all.length, inTime.at(-1)?.at])
      for (const metric of [0, 1]) {
        const values = inTime.map((one) => one.values[metric] ?? NaN)
        const [low, high] = [Math.min(...values), Math.max(...values)]
        const firstAt = (value: number) => inTime[values.findIndex((one) => one === value)]?.at
        expect([summed.min(metric) + 0, summed.minAt(metric)]).toEqual([low + 0, firstAt(low)])
        expect([summed.max(metric) + 0, summed.maxAt(metric)]).toEqual([high + 0, firstAt(high)])
        expect(summed.last(metric)).toBe(values.at(-1))
        expect(summed.mean(metric)).toBeGreaterThanOrEqual(low)
        expect(summed.mean(metric)).toBeLessThanOrEqual(high)
      }
    }),
  )
})

test('the mean of values whose sum is too large for a double is theirs', () => {
  const huge = Number.MAX_VALUE
  const meanOf = (...values: readonly number[]) => {
    const summed = new LayoutMinute(1)
    for (const [at, value] of values.entries()) summed.add(at, [value])
    return summed.mean(0)
  }
  expect([meanOf(huge, huge, huge), meanOf(huge, -huge), meanOf(huge, huge, -huge)]).toEqual([
    huge,
    0,
    expect.closeTo(huge / 3, -300),
  ])
  expect(meanOf(1, 2, 6)).toBe(3)
})
