import { expect, test } from 'vitest'
import { countAxis } from './count-axis.ts'

test.each([
  [0, { max: 2, step: 1 }],
  [1, { max: 2, step: 1 }],
  [3, { max: 3, step: 1 }],
  [8, { max: 10, step: 5 }],
  [12, { max: 15, step: 5 }],
  [2000, { max: 2000, step: 1000 }],
])('the axis of %i alerts has whole numbers', (highest, axis) => {
  expect(countAxis(highest)).toEqual(axis)
})
