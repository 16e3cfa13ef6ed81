import { expect, test } from 'vitest'
import { KnownNodes } from './known-nodes.ts'
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

test('a node is known while its row is of the transaction that saved it', () => {
  const known = new KnownNodes()
  const [a, b] = [aNode('a'), aNode('b')]
  known.keep([a, b], '700')
  expect(known.take('a', '700')).toBe(a)
  expect(known.take('b', '701')).toBeUndefined()
  expect(known.take('c', '700')).toBeUndefined()
})

test('a node that was taken is not known before it is kept again', () => {
  const known = new KnownNodes()
  const node = aNode('a')
  known.keep([node], '700')
  known.take('a', '700')
  expect(known.take('a', '700')).toBeUndefined()
  known.keep([node], '701')
  expect(known.take('a', '701')).toBe(node)
})

test('no record of a node has been judged yet when it is taken', () => {
  const known = new KnownNodes()
  known.keep([aNode('a')], '700')
  expect(known.take('a', '700')?.evaluated).toEqual(new Set())
})

test('after a failure no node is known', () => {
  const known = new KnownNodes()
  known.keep([aNode('a')], '700')
  known.forget()
  expect(known.take('a', '700')).toBeUndefined()
})
