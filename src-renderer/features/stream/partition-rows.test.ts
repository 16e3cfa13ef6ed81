import { expect, test } from 'vitest'
import type { PartitionView } from '#shared/ipc/source-calls.ts'
import { sortedPartitions, trendPoints } from './partition-rows.ts'

const partition = (number: number, part: Partial<PartitionView>): PartitionView => ({
  topic: 'telegraf',
  partition: number,
  position: 1,
  end: 1,
  lagMessages: 0,
  lagSeconds: 0,
  recordsPerSecond: 0,
  trend: [],
  rejected: 0,
  lastAt: 0,
  isTeam: false,
  ...part,
})
const list = [
  partition(10, { lagMessages: 5, lagSeconds: 1, lastAt: 30 }),
  partition(2, { recordsPerSecond: 9, rejected: 1, lastAt: 10 }),
  partition(1, { lagMessages: 2, lagSeconds: 60, lastAt: null }),
]

test.each([
  ['lag', [1, 10, 2]],
  ['topic', [1, 2, 10]],
  ['rate', [2, 1, 10]],
  ['rejected', [2, 1, 10]],
  ['last', [2, 10, 1]],
] as const)('by %s', (sort, expected) => {
  expect(sortedPartitions(list, sort).map((row) => row.partition)).toEqual(expected)
})

test('a trend fills its box, from 0 to its largest value', () => {
  expect(trendPoints([0, 5, 10], 20, 10)).toBe('0,10 10,5 20,0')
  expect(trendPoints([0, 0], 20, 10)).toBe('0,10 20,10')
  expect(trendPoints([], 20, 10)).toBe('')
})
