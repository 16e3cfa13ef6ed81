import { expect, test } from 'vitest'
import { planRollupBatch } from './rollup-batch.ts'

const minute = 60_000
const metricsOf = () => 1
const row = (id: string, nodes: number[], since: number, until: number) => ({
  id,
  nodes,
  since: since * minute,
  until: until * minute,
})

test('a minute in many rows is rolled up once', () => {
  const rows = [row('1', [1, 2], 5, 6), row('2', [2, 3], 5, 6), row('3', [1], 4, 5)]
  expect(planRollupBatch(rows, { closed: 9 * minute, most: 100, metricsOf })).toEqual({
    nodes: [1, 2, 3, 1],
    minutes: [5, 5, 5, 4].map((n) => n * minute),
    done: ['1', '2', '3'],
    rest: [],
  })
})

test('minutes that are not over stay in their row', () => {
  expect(planRollupBatch([row('1', [1], 5, 8)], { closed: 7 * minute, most: 100, metricsOf })).toEqual({
    nodes: [1, 1],
    minutes: [5 * minute, 6 * minute],
    done: [],
    rest: [{ id: '1', since: 7 * minute }],
  })
})

test('a batch has a limit: the rest of a row and later rows wait', () => {
  const rows = [row('1', [1, 2], 0, 60), row('2', [3], 5, 6)]
  expect(planRollupBatch(rows, { closed: 99 * minute, most: 3, metricsOf })).toEqual({
    nodes: [1, 2, 1, 2],
    minutes: [0, 0, minute, minute],
    done: [],
    rest: [{ id: '1', since: 2 * minute }],
  })
})

test('a batch has fewer nodes if they have many metrics', () => {
  const rows = [row('1', [1, 2], 0, 60)]
  const plan = planRollupBatch(rows, { closed: 99 * minute, most: 8_000, metricsOf: () => 2_000 })
  expect(plan).toMatchObject({ nodes: [1, 2, 1, 2], rest: [{ id: '1', since: 2 * minute }] })
})
