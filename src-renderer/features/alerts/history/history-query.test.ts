import { expect, test } from 'vitest'
import { parseQuery, withPrefix } from './history-query.ts'

test.each([
  ['', {}],
  ['  batch   job ', { text: 'batch job' }],
  ['node:web-1', { nodeId: 'web-1' }],
  ['Node:web-1 disk full', { nodeId: 'web-1', text: 'disk full' }],
  ['disk node:web-1 full', { nodeId: 'web-1', text: 'disk full' }],
  ['node:"Server 4" metric:CPU', { nodeId: 'Server 4', metric: 'cpu_usage' }],
  ['metric:"memory usage"', { metric: 'memory_usage' }],
  ['metric:gpu_temp', { metric: 'gpu_temp' }],
  // Somebody is typing.
  ['node:', {}],
  ['node: web', { text: 'web' }],
  // The last one counts.
  ['node:a node:b', { nodeId: 'b' }],
  // A colon in a word is no prefix.
  ['http://node:80 subnode:x', { text: 'http://node:80 subnode:x' }],
])('%j asks for %j', (typed, query) => {
  expect(parseQuery(typed)).toEqual(query)
})

test('a text that is too long for a request is cut', () => {
  expect(parseQuery('x'.repeat(300)).text).toHaveLength(200)
})

test('a click on a node or a metric writes its prefix and keeps the other words', () => {
  expect(withPrefix('', 'node', 'web-1')).toBe('node:web-1')
  expect(withPrefix('full node:db-1 metric:cpu_usage', 'node', 'web-1')).toBe('node:web-1 full metric:cpu_usage')
  expect(parseQuery(withPrefix('full', 'node', 'Rack 4 "left"'))).toEqual({ nodeId: 'Rack 4 left', text: 'full' })
})
