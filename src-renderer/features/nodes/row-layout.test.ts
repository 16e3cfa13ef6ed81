import { expect, test } from 'vitest'
import { rowLayout, rowMetrics, type MetricCount } from './row-layout.ts'

const four: readonly MetricCount[] = ['cpu', 'memory', 'disk', 'network'].map((name) => ({ name, nodes: 6 }))
const names = (metrics: readonly MetricCount[]): string[] => metrics.map(({ name }) => name)

test.each([
  ['1100 x 700', { width: 570, height: 460 }],
  ['900 x 700', { width: 544, height: 460 }],
  ['1360 x 860', { width: 776, height: 610 }],
])('the four metrics have a column each at %s', (_, area) => {
  expect(rowLayout(area, 6, four)).toEqual({ perLine: 4, columns: names(four) })
})

test('a metric of one node has a column where there is room, and else a place in a second line of that node', () => {
  const metrics = [...four, { name: 'gpu', nodes: 1 }]
  expect(rowLayout({ width: 800, height: 600 }, 6, metrics).columns).toEqual(names(metrics))
  const narrow = rowLayout({ width: 570, height: 460 }, 6, metrics)
  expect(narrow.columns).toEqual(names(four))
  expect(rowMetrics(narrow, names(metrics))).toEqual({ extra: ['gpu'], more: 0, lines: 2 })
  expect(rowMetrics(narrow, names(four))).toEqual({ extra: [], more: 0, lines: 1 })
})

test('where columns have no room, the metrics continue below', () => {
  const layout = rowLayout({ width: 350, height: 460 }, 6, four)
  expect(layout).toEqual({ perLine: 2, columns: ['cpu', 'memory'] })
  expect(rowMetrics(layout, names(four))).toEqual({ extra: ['disk', 'network'], more: 0, lines: 2 })
})

test('one or two nodes in a large window have two lines of metrics, so that nothing stays empty', () => {
  const layout = rowLayout({ width: 1900, height: 1240 }, 2, four)
  expect(layout).toEqual({ perLine: 2, columns: [] })
  expect(rowMetrics(layout, names(four))).toEqual({ extra: names(four), more: 0, lines: 2 })
})

test('a node with many metrics shows twelve, the most urgent first, and says how many more there are', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ name: `m${i}`, nodes: 3 }))
  const layout = rowLayout({ width: 800, height: 600 }, 3, many)
  const own = ['m39', ...names(many).filter((name) => name !== 'm39')]
  const row = rowMetrics(layout, own)
  expect(layout.columns.length + row.extra.length).toBe(12)
  expect(row.extra[0]).toBe('m39')
  expect(row.more).toBe(28)
})
