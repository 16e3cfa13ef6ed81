import { describe, expect, test } from 'vitest'
import { columnsFor, isCoarse, planRange } from './range-plan.ts'

const minute = 60_000
const facts = { coarse: true, samplesSince: -Infinity, due: [] }

describe('a coarse view', () => {
  test('reads whole minutes from rollups', () => {
    const range = { from: 10 * minute, to: 20 * minute }
    expect(planRange(range, facts)).toEqual({ raw: [], rollup: range })
  })

  test('reads samples in the minutes that the range cuts', () => {
    const range = { from: 10 * minute + 1, to: 20 * minute + 2 }
    expect(planRange(range, facts)).toEqual({
      raw: [
        { from: 10 * minute + 1, to: 11 * minute },
        { from: 20 * minute, to: 20 * minute + 2 },
      ],
      rollup: { from: 10 * minute, to: range.to },
    })
  })

  test('reads samples if rollups are late, each minute once', () => {
    const due = [
      { from: 18 * minute, to: 25 * minute },
      { from: 12 * minute, to: 13 * minute },
      { from: 13 * minute, to: 14 * minute },
      { from: 12 * minute, to: 13 * minute },
      { from: 2 * minute, to: 3 * minute },
    ]
    const range = { from: 10 * minute, to: 20 * minute }
    expect(planRange(range, { ...facts, due }).raw).toEqual([
      { from: 12 * minute, to: 14 * minute },
      { from: 18 * minute, to: 20 * minute },
    ])
  })

  test('has only rollups if samples are gone', () => {
    const range = { from: 10 * minute + 1, to: 20 * minute }
    expect(planRange(range, { ...facts, samplesSince: 15 * minute }).raw).toEqual([])
  })
})

describe('a fine view', () => {
  const fine = { ...facts, coarse: false }

  test('reads samples', () => {
    const range = { from: 10 * minute + 1, to: 20 * minute + 2 }
    expect(planRange(range, fine)).toEqual({ raw: [range], rollup: undefined })
  })

  test('reads rollups for the part whose samples are gone', () => {
    const range = { from: 10 * minute + 1, to: 20 * minute }
    expect(planRange(range, { ...fine, samplesSince: 15 * minute })).toEqual({
      raw: [{ from: 15 * minute, to: 20 * minute }],
      rollup: { from: 10 * minute, to: 15 * minute },
    })
  })

  test('reads only rollups for a range without samples', () => {
    const range = { from: 10 * minute, to: 20 * minute }
    expect(planRange(range, { ...fine, samplesSince: 30 * minute })).toEqual({ raw: [], rollup: range })
  })
})

test('a view is coarse from columns of one minute on, and a column takes two points', () => {
  const hours = (n: number) => ({ from: 0, to: n * 3_600_000 })
  expect([columnsFor(2_000), columnsFor(1)]).toEqual([1_000, 1])
  expect([isCoarse(hours(16), 1_000), isCoarse(hours(24), 1_000)]).toEqual([false, true])
})
