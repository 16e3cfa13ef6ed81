import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Downsampler, valuesOf } from './downsampler.ts'

const range = { from: 1_000, to: 2_000 }
const sample = fc.record({ at: fc.integer({ min: 1_000, max: 1_999 }), value: fc.integer({ min: -50, max: 50 }) })
const samples = fc.uniqueArray(sample, { minLength: 1, maxLength: 200, selector: ({ at }) => at })

const downsamplerOf = (values: ReadonlyArray<{ at: number; value: number }>, columns: number, most: number) => {
  const downsampler = new Downsampler(range, { columns, most })
  for (const { at, value } of values) downsampler.addValue(at, value)
  return downsampler
}

test('few values are kept unchanged, in order of time', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const kept = valuesOf(downsamplerOf(values, 1, values.length).points())
      expect(kept).toEqual(values.toSorted((a, b) => a.at - b.at))
    }),
  )
})

test('each column of many values has its true minimum, maximum and newest value', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 20 }), (values, columns) => {
      const widths = Map.groupBy(values, ({ at }) =>
        Math.min(columns - 1, Math.floor((at - 1_000) * (columns / 1_000))),
      )
      const expected = [...widths].sort(([a], [b]) => a - b).map(([, column]) => summed(column))
      expect(downsamplerOf(values, columns, 0).points()).toEqual(expected)
    }),
  )
})

function summed(column: ReadonlyArray<{ at: number; value: number }>) {
  const inTime = column.toSorted((a, b) => a.at - b.at)
  const [low = { at: 0, value: 0 }] = inTime.toSorted((a, b) => a.value - b.value)
  const [high = { at: 0, value: 0 }] = inTime.toSorted((a, b) => b.value - a.value)
  const newest = inTime.at(-1) ?? { at: 0, value: 0 }
  return { minAt: low.at, min: low.value, maxAt: high.at, max: high.value, lastAt: newest.at, last: newest.value }
}

test('neither the order of arrival nor partial sums change the result', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 5 }), (values, columns) => {
      const whole = downsamplerOf(values, columns, 0)
      const summedUp = new Downsampler(range, { columns, most: 0 })
      for (const one of values.toReversed()) summedUp.addPoint(summed([one]))
      expect(summedUp.points()).toEqual(whole.points())
    }),
  )
})

test('a value after the range belongs to the last column, one before it to the first', () => {
  const downsampler = downsamplerOf(
    [
      { at: 5_000, value: 1 },
      { at: 10, value: 2 },
    ],
    4,
    0,
  )
  expect(valuesOf(downsampler.points())).toEqual([
    { at: 10, value: 2 },
    { at: 5_000, value: 1 },
  ])
})

test('a point is one value if its extremes are equal, else two in order of time', () => {
  const one = { minAt: 5, min: 1, maxAt: 5, max: 1, lastAt: 9, last: 1 }
  const two = { minAt: 8, min: 1, maxAt: 6, max: 4, lastAt: 9, last: 2 }
  expect(valuesOf([one, two])).toEqual([
    { at: 5, value: 1 },
    { at: 6, value: 4 },
    { at: 8, value: 1 },
  ])
})
