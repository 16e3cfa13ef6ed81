import { NodeParts } from '#shared/evaluation/node-parts.ts'
import { expect, test } from 'vitest'
import { PartIndex } from '../nodes/part-index.ts'
import type { NodeState } from '../nodes/node-state.ts'
import { MetricTimes } from './metric-times.ts'

function aNode(latest: Readonly<Record<string, number>>): NodeState {
  return {
    id: 1,
    nodeId: 'n',
    name: 'n',
    lastSeen: 0,
    latest: new Map(Object.entries(latest).map(([metric, at]) => [metric, { value: 0, at }])),
    units: new Map(),
    series: new Map(),
    unknown: new Map(),
    evaluated: new Set(),
    parts: new PartIndex(),
    times: new NodeParts(),
    isCached: false,
  }
}

/** @param rows metrics with the time of a row */
function mayExist(node: NodeState, rows: ReadonlyArray<readonly [metrics: readonly string[], at: number]>): boolean {
  const times = new MetricTimes()
  for (const [metrics, at] of rows) times.add(times.of(node, metrics), at)
  return times.mayExist
}

test('equal times of other metrics of a node are no repetition', () => {
  const rows = [['a', 'b'], ['c'], ['d']].map((metrics) => [metrics, 10] as const)
  expect(mayExist(aNode({ a: 5, c: 9 }), rows)).toBe(false)
})

test.each([
  ['a metric has a value of this time', aNode({ b: 10 }), [[['a', 'b'], 10]]],
  ['a metric has a newer value', aNode({ b: 11 }), [[['a', 'b'], 10]]],
  [
    'another row of the batch has it',
    aNode({}),
    [
      [['a', 'b'], 10],
      [['b', 'c'], 10],
    ],
  ],
  [
    'rows share a metric with a third one',
    aNode({}),
    [
      [['a'], 10],
      [['b'], 9],
      [['a', 'b'], 10],
    ],
  ],
  [
    'rows of two nodes with one id',
    aNode({}),
    [
      [['a'], 10],
      [['a'], 9],
    ],
  ],
] as const)('a row may be repeated if %s', (_, node, rows) => {
  expect(mayExist(node, rows)).toBe(true)
})
