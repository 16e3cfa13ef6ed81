import { expect, test } from 'vitest'
import { deltaOf, stepFrom } from './list-cursor.ts'

const ids = ['a', 'b', 'c']

test.for([
  ['b', 1, 'c'],
  ['c', 1, 'c'],
  ['a', -1, 'a'],
  ['b', Infinity, 'c'],
  ['b', -Infinity, 'a'],
  [undefined, 1, 'a'],
  ['gone', 1, 'a'],
] as const)('from %s by %d the selection is %s', ([selected, delta, expected]) => {
  expect(stepFrom(ids, selected, delta)).toBe(expected)
})

test('an empty list has nothing to select', () => {
  expect(stepFrom([], 'a', 1)).toBeUndefined()
})

test('left and right move only where there are columns', () => {
  expect([deltaOf('ArrowRight'), deltaOf('ArrowRight', 5), deltaOf('ArrowDown', 5), deltaOf('x')]).toEqual([
    undefined,
    1,
    5,
    undefined,
  ])
})
