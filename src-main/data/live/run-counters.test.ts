import { expect, test } from 'vitest'
import { RunCounters } from './run-counters.ts'

test('evaluation times fall into every bucket that is not below them', () => {
  const counters = new RunCounters()
  for (const seconds of [0.0004, 0.001, 0.02, 3]) counters.evaluation(seconds)
  const { bounds, counts, sum, count } = counters.report().evaluation
  expect(bounds.map((bound, i) => `${bound}: ${counts[i]}`)).toEqual([
    '0.0005: 1',
    '0.001: 2',
    '0.0025: 2',
    '0.005: 2',
    '0.01: 2',
    '0.025: 3',
    '0.05: 3',
    '0.1: 3',
    '0.25: 3',
    '1: 3',
  ])
  expect([sum, count]).toEqual([3.0214, 4])
})
