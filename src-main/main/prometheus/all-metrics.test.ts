import { expect, test } from 'vitest'
import { LiveTable } from '#shared/ipc/live-table.ts'
import { metricSeries, mostMetricSeries } from './all-metrics.ts'

const now = 1_800_000_000_000

/** Each metric of a node is a part of its own; `ageMs` of its newest sample. */
function aTable(
  nodes: Readonly<Record<string, ReadonlyArray<readonly [name: string, value: number, ageMs?: number]>>>,
) {
  const metrics = [...new Set(Object.values(nodes).flatMap((all) => all.map(([name]) => name)))]
  const blocks = Object.values(nodes).flatMap((all, node) =>
    all.map(([name, value, ageMs = 0]) => ({ node, name, value, ageMs })),
  )
  const table = new LiveTable()
  table.reset(
    {
      nodes: Object.keys(nodes).map((id) => ({ id, name: id })),
      metrics,
      units: metrics.map(() => ''),
      lists: metrics.map((_, i) => Uint32Array.of(i)),
      blockNode: Uint32Array.from(blocks, ({ node }) => node),
      blockList: Uint32Array.from(blocks, ({ name }) => metrics.indexOf(name)),
    },
    {
      seq: 1,
      blocks: Uint32Array.from(blocks.keys()),
      at: Float64Array.from(blocks, ({ ageMs }) => now - ageMs),
      intervals: Float64Array.from(blocks, () => 10_000),
      values: Float64Array.from(blocks, ({ value }) => value),
    },
  )
  return table
}

test('a series has its node, its name and its tags as labels', () => {
  const table = aTable({
    a: [
      ['disk.used_percent{path=/var}', 91],
      ['system.load1', 2],
    ],
    b: [['system.load1', 3]],
  })
  expect(metricSeries(table, 2, now)).toEqual({
    values: [
      { value: 91, labels: { node: 'a', metric: 'disk.used_percent', tag_path: '/var' } },
      { value: 2, labels: { node: 'a', metric: 'system.load1' } },
      { value: 3, labels: { node: 'b', metric: 'system.load1' } },
    ],
    left: 0,
  })
})

test('the metrics with names of their own are not here again', () => {
  const table = aTable({
    a: [
      ['cpu_usage', 91],
      ['memory_usage', 2],
      ['disk_io', 1],
      ['network_traffic', 1],
      ['load', 5],
    ],
  })
  expect(metricSeries(table, 1, now).values).toEqual([{ value: 5, labels: { node: 'a', metric: 'load' } }])
})

test('a value that is not current has no series, though its node goes on', () => {
  const table = aTable({
    a: [
      ['load', 5],
      ['old', 7, 31_000],
      ['slow', 9, 29_000],
    ],
  })
  expect(metricSeries(table, 1, now).values.map(({ labels }) => labels['metric'])).toEqual(['load', 'slow'])
})

test('tags with any characters are labels of Prometheus, and two never become one', () => {
  const table = aTable({ a: [['x{a-b=1,a.b=2,node=3,metric=4}', 5]] })
  expect(metricSeries(table, 1, now).values).toEqual([
    { value: 5, labels: { node: 'a', metric: 'x', tag_a_b: '1', tag_a_b_2: '2', tag_node: '3', tag_metric: '4' } },
  ])
})

test('there is a limit, and what is beyond it is counted', () => {
  const many = Array.from({ length: mostMetricSeries + 7 }, (_, i) => [`m{i=${i}}`, i] as const)
  const { values, left } = metricSeries(aTable({ a: many }), 1, now)
  expect([values.length, left, values.at(-1)?.value]).toEqual([mostMetricSeries, 7, mostMetricSeries - 1])
})
