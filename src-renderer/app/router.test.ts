import { expect, test } from 'vitest'
import { pageHref, parseRoute } from './router.svelte.ts'

test.for([
  ['', { page: 'overview', id: undefined }],
  ['#/nonsense', { page: 'overview', id: undefined }],
  ['#/metrics/node-1', { page: 'metrics', id: 'node-1' }],
] as const)('%s leads to its page', ([hash, route]) => {
  expect(parseRoute(hash)).toEqual(route)
})

test('any node id survives the address', () => {
  const id = 'rack/7 #2 ü%'
  expect(parseRoute(pageHref('metrics', id))).toEqual({ page: 'metrics', id })
})
