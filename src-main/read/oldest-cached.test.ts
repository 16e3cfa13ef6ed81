import { expect, test } from 'vitest'
import { headCapacity } from '../store/heads/head.ts'
import { aBatchWrite, someSamples, startAt } from '../store/store-builders.ts'
import { aCachePerTest } from '../store/test-cache.ts'
import { olderOf } from './oldest-cached.ts'
import { readChunks } from './read-range.ts'

const cache = aCachePerTest()

const oldest = (): number | null => {
  const request = { nodeId: 'node-1', from: 0, to: startAt, metrics: [], points: 1 }
  return olderOf(readChunks(cache.reader, request).oldestAt, cache.store.samples.heads('node-1'))
}

test('is null without a record of the node', () => {
  expect(oldest()).toBeNull()
})

test('finds the oldest record in chunks and head', () => {
  cache.store.commitBatch(aBatchWrite({ samples: someSamples(5, { at: startAt + 7000 }) }))
  expect(oldest()).toBe(startAt + 7000)
  cache.store.commitBatch(aBatchWrite({ samples: someSamples(headCapacity * 2, { at: startAt + 20_000 }) }))
  expect(oldest()).toBe(startAt + 7000)
  cache.store.commitBatch(aBatchWrite({ samples: someSamples(1, { at: startAt + 3000 }) }))
  expect(oldest()).toBe(startAt + 3000)
})
