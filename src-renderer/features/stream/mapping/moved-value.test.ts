import { expect, test } from 'vitest'
import { movedValue } from './moved-value.ts'

const rows = [['a', 'b', 'c'], ['d'], ['e', 'f']]

test.each([
  ['a', 'ArrowRight', 'b'],
  ['c', 'ArrowRight', 'd'],
  ['f', 'ArrowRight', undefined],
  ['d', 'ArrowLeft', 'c'],
  ['a', 'ArrowLeft', undefined],
  ['b', 'ArrowDown', 'd'],
  ['d', 'ArrowDown', 'e'],
  ['f', 'ArrowUp', 'd'],
  ['a', 'ArrowUp', undefined],
  ['d', 'Home', 'a'],
  ['d', 'End', 'f'],
  ['d', 'x', undefined],
])('from %s, %s leads to %s', (from, key, to) => {
  expect(movedValue(rows, from, key)).toBe(to)
})

test('a record without values has none to go to', () => {
  expect(['ArrowRight', 'ArrowDown', 'Home', 'End'].map((key) => movedValue([], undefined, key))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
