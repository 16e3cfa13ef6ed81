import { expect, test } from 'vitest'
import { pageHref, parseRoute } from './router.svelte.ts'

test.for([
  ['', { page: 'overview', id: undefined }],
  ['#/nonsense', { page: 'overview', id: undefined }],
  ['#/metrics/node-1', { page: 'metrics', id: 'node-1' }],
  ['#/metrics/node-1/1700000000000', { page: 'metrics', id: 'node-1', at: 1_700_000_000_000 }],
  ['#/metrics/node-1/yesterday', { page: 'metrics', id: 'node-1' }],
  ['#/alerts/history', { page: 'alerts', id: 'history' }],
] as const)('%s leads to its page', ([hash, route]) => {
  expect(parseRoute(hash)).toEqual(route)
})

test('the moment of a chart survives the address', () => {
  expect(pageHref('metrics', 'node-1', 1_700_000_000_000.4)).toBe('#/metrics/node-1/1700000000000')
})

test('any node id survives the address', () => {
  const id = 'rack/7 #2 ü%'
  expect(parseRoute(pageHref('metrics', id))).toEqual({ page: 'metrics', id })
})
