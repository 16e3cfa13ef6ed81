import { NodeParts } from '#shared/evaluation/node-parts.ts'
import { expect, test } from 'vitest'
import { ruleIndex } from '#shared/rule/rule-index.ts'
import { PartIndex } from './part-index.ts'
import { type NodeState, applySample, intervalOf } from './node-state.ts'

const index = ruleIndex([])

function aNode(): NodeState {
  return {
    id: 1,
    nodeId: 'n',
    name: 'old name',
    lastSeen: -Infinity,
    latest: new Map(),
    units: new Map(),
    series: new Map(),
    unknown: new Map(),
    evaluated: new Set(),
    parts: new PartIndex(),
    times: new NodeParts(),
    isCached: false,
  }
}

function take(node: NodeState, at: number, value: number, nodeName = 'name'): void {
  const sample = { nodeId: 'n', nodeName, at, names: ['constructor'], values: [value], units: { constructor: 'm' } }
  applySample(node, sample, { position: { topic: 't', partition: 0, offset: at }, recordedAt: -1, index, part: '' })
}

test('the newest record by event time gives name and values, a late one changes neither', () => {
  const node = aNode()
  take(node, 2000, 2, 'new')
  take(node, 1000, 1, 'late')
  expect({ name: node.name, lastSeen: node.lastSeen, latest: [...node.latest], units: [...node.units] }).toEqual({
    name: 'new',
    lastSeen: 2000,
    latest: [['constructor', { value: 2, at: 2000 }]],
    units: [['constructor', 'm']],
  })
})

test('the interval is unknown until the second record', () => {
  const node = aNode()
  take(node, 1000, 1)
  expect(intervalOf(node)).toBeNull()
  take(node, 6000, 1)
  expect(intervalOf(node)).toBe(5000)
})

test('the interval is the observed one: an outage does not change it, a new pace does after three records', () => {
  const node = aNode()
  let at = 1000
  const after = (stepMs: number): number | null => {
    at += stepMs
    take(node, at, 1)
    return intervalOf(node)
  }
  take(node, at, 1)
  expect([5000, 5000, 3_600_000, 5000, 5000].map(after)).toEqual([5000, 5000, 5000, 5000, 5000])
  expect([60_000, 60_000, 60_000, 60_000].map(after)).toEqual([5000, 60_000, 60_000, 60_000])
})
