import { expect, test } from 'vitest'
import { SampleIntervals } from './sample-intervals.ts'

test('one outage among regular steps does not move the interval', () => {
  const index = new SampleIntervals()
  for (const step of [5000, 5010, 600_000, 4990, 5000]) index.add(3, step)
  expect(index.median(3)).toBe(5000)
})

test('a node with fewer than two records has no interval', () => {
  const index = new SampleIntervals()
  index.add(0, 0)
  expect(index.median(0)).toBeNaN()
  expect(index.median(1000)).toBeNaN()
})

test('the interval follows a producer that changed its rate, also after a long run', () => {
  const index = new SampleIntervals()
  for (let i = 0; i < 1000; i++) index.add(40, 1000)
  for (let i = 0; i < 3; i++) index.add(40, 10_000)
  expect(index.median(40)).toBe(10_000)
})
