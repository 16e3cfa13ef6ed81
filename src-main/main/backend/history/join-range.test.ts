import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import { joinRange, segmentsOf, splitPoints } from './join-range.ts'
import type { BackendHistory } from './join-range.ts'

const boundary = 1_000_000

function cached(at: readonly number[]): SeriesColumns {
  const column = Float64Array.from(at, (_, i) => i)
  return { metric: 'cpu_usage', at: Float64Array.from(at), min: column, max: column, last: column }
}

function history(t: readonly number[], more: Partial<BackendHistory> = {}): BackendHistory {
  const values = t.map((_, i) => 100 + i)
  const series = [{ metric: 'cpu_usage', unit: '%', t: [...t], min: values, max: values, last: values }]
  return { from: 0, to: boundary, points: 500, resolution: 0, series, ...more }
}

const join = (early: BackendHistory, late: SeriesColumns[]) =>
  joinRange(['cpu_usage'], early, { series: late, boundary })[0] as SeriesColumns

test('the early part comes from the backend, the late part from the cache', () => {
  expect(join(history([998_000, 999_000]), [cached([boundary, 1_001_000])])).toEqual({
    metric: 'cpu_usage',
    at: Float64Array.of(998_000, 999_000, boundary, 1_001_000),
    min: Float64Array.of(100, 101, 0, 1),
    max: Float64Array.of(100, 101, 0, 1),
    last: Float64Array.of(100, 101, 0, 1),
  })
})

test('a metric from only one source is included', () => {
  const early = history([999_000])
  expect(joinRange(['temp', 'cpu_usage'], early, { series: [], boundary }).map(({ at }) => [...at])).toEqual([
    [],
    [999_000],
  ])
})

test('a gap in the backend values is a gap in the line', () => {
  const minutes = [0, 60_000, 120_000, 600_000, 660_000]
  const { at, last } = join(history(minutes, { resolution: 60 }), [])
  expect([[...at], [...last]]).toEqual([
    [0, 60_000, 120_000, 360_000, 600_000, 660_000],
    [100, 101, 102, NaN, 103, 104],
  ])
})

const moments = (min: number, max: number) => fc.array(fc.integer({ min, max }), { maxLength: 300 })

test('columns ascend, backend columns end before the boundary, and no value is lost or duplicated', () => {
  fc.assert(
    fc.property(moments(-1000, 2 * boundary), moments(boundary, 2 * boundary), (early, late) => {
      const tail = late.toSorted((a, b) => a - b)
      const { at, min, max, last } = join(history(early), [cached(tail)])
      expect([...at]).toEqual([...at].sort((a, b) => a - b))
      expect([min.length, max.length, last.length]).toEqual([at.length, at.length, at.length])
      const drawn = [...at].filter((_, i) => !Number.isNaN(last[i]))
      const wanted = early.filter((t) => t >= 0 && t < boundary)
      expect(drawn).toEqual([...wanted.sort((a, b) => a - b), ...tail])
    }),
  )
})

describe('the split of columns', () => {
  test('follows the length of the segments and never exceeds the requested number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (points, share) => {
        const { early, late } = splitPoints(points, { from: 0, to: boundary }, share * boundary)
        expect(early + late).toBe(points)
        expect(Math.min(early, late)).toBeGreaterThanOrEqual(10)
      }),
    )
    expect(splitPoints(500, { from: 0, to: 100 }, 80)).toEqual({ early: 400, late: 100 })
  })
})

test('segments are adjacent, and empty ones are omitted', () => {
  const range = { from: 0, to: 100 }
  expect([segmentsOf(range, 40, 60), segmentsOf(range, 0, 0), segmentsOf(range, 100, 60)]).toEqual([
    [
      { from: 0, to: 40, source: 'backend', resolution: 60 },
      { from: 40, to: 100, source: 'cache', resolution: 0 },
    ],
    [{ from: 0, to: 100, source: 'cache', resolution: 0 }],
    [{ from: 0, to: 100, source: 'backend', resolution: 60 }],
  ])
})
