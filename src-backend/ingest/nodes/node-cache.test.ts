import { expect, test } from 'vitest'
import { NodeCache } from './node-cache.ts'
import type { NodeState } from './node-state.ts'

function aNode(nodeId: string): NodeState {
  const series = {
    latest: new Map(),
    units: new Map(),
    series: new Map(),
    unknown: new Map(),
    evaluated: new Set(['cpu_usage']),
  }
  return { id: 1, nodeId, name: nodeId, lastSeen: 0, intervalMs: null, ...series }
}

test('a node is cached while its row belongs to the transaction that saved it', () => {
  const known = new NodeCache()
  const [a, b] = [aNode('a'), aNode('b')]
  known.put([a, b], '700')
  expect(known.get('a', '700')).toBe(a)
  expect(known.get('b', '701')).toBeUndefined()
  expect(known.get('c', '700')).toBeUndefined()
})

test('a node that was taken is not cached until it is put back', () => {
  const known = new NodeCache()
  const node = aNode('a')
  known.put([node], '700')
  known.get('a', '700')
  expect(known.get('a', '700')).toBeUndefined()
  known.put([node], '701')
  expect(known.get('a', '701')).toBe(node)
})

test('a node has no evaluated records when it is taken', () => {
  const known = new NodeCache()
  known.put([aNode('a')], '700')
  expect(known.get('a', '700')?.evaluated).toEqual(new Set())
})

test('after a failure no node is cached', () => {
  const known = new NodeCache()
  known.put([aNode('a')], '700')
  known.forget()
  expect(known.get('a', '700')).toBeUndefined()
})
