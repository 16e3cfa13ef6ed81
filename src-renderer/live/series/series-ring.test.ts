import { expect, test } from 'vitest'
import { SeriesRing } from './series-ring.ts'

const columns = (points: ReadonlyArray<readonly [number, number, number, number]>) => ({
  metric: 'cpu_usage',
  at: Float64Array.from(points, ([at]) => at),
  min: Float64Array.from(points, ([, min]) => min),
  max: Float64Array.from(points, ([, , max]) => max),
  last: Float64Array.from(points, ([, , , last]) => last),
})
const lasts = (ring: SeriesRing): number[] => Array.from({ length: ring.length }, (_, i) => ring.last(i))

test('live points follow the columns, and stay when newer columns replace older ones', () => {
  const ring = new SeriesRing(10)
  ring.replace(columns([[1000, 1, 3, 2]]))
  ring.append(2000, 20, 15_000)
  ring.append(3000, 30, 15_000)
  ring.replace(
    columns([
      [1000, 1, 3, 2],
      [2000, 19, 21, 20],
    ]),
  )
  expect(lasts(ring)).toEqual([2, 20, 30])
})

test('a sample that is not newer and one without a value are left out', () => {
  const ring = new SeriesRing(10)
  ring.append(2000, 1, 15_000)
  ring.append(2000, 2, 15_000)
  ring.append(1000, 3, 15_000)
  ring.append(3000, NaN, 15_000)
  expect(lasts(ring)).toEqual([1])
})

test('a time without data that is longer than the gap breaks the line', () => {
  const ring = new SeriesRing(10)
  ring.append(1000, 1, 15_000)
  ring.append(60_000, 2, 15_000)
  expect(lasts(ring)).toEqual([1, NaN, 2])
})

test('a column that the cache marks as a gap breaks the line', () => {
  const ring = new SeriesRing(10)
  ring.replace(
    columns([
      [1000, 1, 1, 1],
      [2000, NaN, NaN, 1],
      [3000, 2, 2, 2],
    ]),
  )
  expect(lasts(ring)).toEqual([1, NaN, 2])
})

test('a full ring drops the oldest', () => {
  const ring = new SeriesRing(3)
  for (let i = 1; i <= 5; i++) ring.append(i * 1000, i, 15_000)
  expect(lasts(ring)).toEqual([3, 4, 5])
})

test('interleaved points begin one before the window, so that the line enters from the left', () => {
  const ring = new SeriesRing(10)
  ring.replace(
    columns([
      [1000, 1, 1, 1],
      [2000, 2, 5, 3],
      [3000, 4, 4, 4],
    ]),
  )
  expect([...ring.interleaved(2500)]).toEqual([2000, 2, 3, 3, 3000, 4, 0, 4])
})
