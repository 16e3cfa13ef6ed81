import { expect, test } from 'vitest'
import { bestMatch, matching } from './node-filter.ts'

const nodes = [
  { id: 'node-21', name: 'Server-Beta' },
  { id: 'node-12', name: 'Server-Alpha' },
  { id: 'node-1', name: 'Web' },
  { id: 'db-node-1', name: 'Alpha' },
]
const idsOf = (filter: string): string[] => matching(nodes, filter).map(({ id }) => id)

test('a filter finds ids and names, in any case and without spaces around it', () => {
  expect([idsOf(' ALPHA '), idsOf('node-1'), idsOf('  ').length, idsOf('x')]).toEqual([
    ['node-12', 'db-node-1'],
    ['node-12', 'node-1', 'db-node-1'],
    4,
    [],
  ])
})

test.for([
  ['node-1', 'node-1'],
  ['alpha', 'db-node-1'],
  ['node', 'node-21'],
  ['rver-a', 'node-12'],
  ['x', undefined],
  ['', undefined],
])('Enter after "%s" opens %s', ([filter, id]) => {
  expect(bestMatch(matching(nodes, filter ?? ''), filter ?? '')?.id).toBe(id)
})
