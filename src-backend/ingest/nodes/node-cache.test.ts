import { NodeParts } from '#shared/evaluation/node-parts.ts'
import { expect, test } from 'vitest'
import { NodeCache } from './node-cache.ts'
import { PartIndex } from './part-index.ts'
import type { NodeState } from './node-state.ts'

function aNode(nodeId: string): NodeState {
  const series = {
    latest: new Map(),
    units: new Map(),
    series: new Map(),
    unknown: new Map(),
    evaluated: new Set(['cpu_usage']),
  }
  return {
    id: 1,
    nodeId,
    name: nodeId,
    lastSeen: 0,
    parts: new PartIndex(),
    times: new NodeParts(),
    isCached: false,
    ...series,
  }
}

test('a node is cached with the transaction that saved it', () => {
  const known = new NodeCache()
  const [a, b] = [aNode('a'), aNode('b')]
  known.put([a, b], '700')
  expect(known.take('a')).toEqual({ node: a, savedBy: '700' })
  expect(known.take('c')).toBeUndefined()
})

test('a node that was taken is not cached until it is put back', () => {
  const known = new NodeCache()
  const node = aNode('a')
  known.put([node], '700')
  known.take('a')
  expect(known.take('a')).toBeUndefined()
  known.put([node], '701')
  expect(known.take('a')).toEqual({ node, savedBy: '701' })
})

test('a node has no evaluated records when it is taken', () => {
  const known = new NodeCache()
  known.put([aNode('a')], '700')
  expect(known.take('a')?.node.evaluated).toEqual(new Set())
})

test('a saved part belongs to the transaction that changed it', () => {
  const known = new NodeCache()
  const node = aNode('a')
  for (const part of ['mem', 'disk']) node.parts.adopt(`${part}.used`, part)
  known.put([node], '700')
  node.parts.receive('mem', 1)
  known.put([node], '701')
  expect([...node.parts.byName].map(([part, { savedBy }]) => [part, savedBy])).toEqual([
    ['mem', '701'],
    ['disk', '700'],
  ])
})

test('after a failure no node is cached', () => {
  const known = new NodeCache()
  known.put([aNode('a')], '700')
  known.forget()
  expect(known.take('a')).toBeUndefined()
})
