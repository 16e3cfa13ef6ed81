import { expect, test } from 'vitest'
import { ApiError } from '../http/problem.ts'
import { historyBudget } from './history-budget.ts'

test.each([
  [2_000, 4, { values: 2_000, columns: 1_000 }],
  [100_000, 1, { values: 100_000, columns: 50_000 }],
  [100_000, 4, { values: 25_000, columns: 12_500 }],
  [2_000, 300, { values: 333, columns: 166 }],
  [2_000, 50_000, { values: 2, columns: 1 }],
  [1, 3, { values: 1, columns: 1 }],
  [10, 0, { values: 10, columns: 5 }],
])('%i points for each of %i metrics: %o', (points, metrics, expected) => {
  expect(historyBudget(points, metrics)).toEqual(expected)
})

test('if there is no room for minimum and maximum of each metric, the request must name one', () => {
  expect(() => historyBudget(10, 50_001)).toThrow(ApiError)
})
