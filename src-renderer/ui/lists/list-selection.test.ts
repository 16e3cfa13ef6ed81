import { expect, test } from 'vitest'
import { keyDelta, movedSelection } from './list-selection.ts'

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
  expect(movedSelection(ids, selected, delta)).toBe(expected)
})

test('an empty list has nothing to select', () => {
  expect(movedSelection([], 'a', 1)).toBeUndefined()
})

test('left and right move only where there are columns', () => {
  expect([keyDelta('ArrowRight'), keyDelta('ArrowRight', 5), keyDelta('ArrowDown', 5), keyDelta('x')]).toEqual([
    undefined,
    1,
    5,
    undefined,
  ])
})
