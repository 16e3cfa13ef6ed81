import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConsoleStore } from '../store/console-store.ts'
import { headCapacity } from '../store/heads/head.ts'
import { ReadStore } from '../store/read-store.ts'
import { aBatch, aFolder, someSamples, start } from '../store/testing.ts'
import { oldestCachedAt } from './cached-from.ts'

let folder: ReturnType<typeof aFolder>
let store: ConsoleStore
let reader: ReadStore

beforeEach(() => {
  folder = aFolder()
  store = ConsoleStore.open(folder.dir, start).store
  reader = ReadStore.open(folder.dir)
})

afterEach(() => {
  reader.close()
  store.close()
  folder.dispose()
})

const oldest = (): number | null => oldestCachedAt(reader, store.head('node-1'), 'node-1')

test('without a record of the node nothing is cached', () => {
  expect(oldest()).toBeNull()
})

test('the oldest record counts, wherever it stands', () => {
  store.commitBatch(aBatch({ samples: someSamples(5, { at: start + 7000 }) }))
  expect(oldest()).toBe(start + 7000)
  store.commitBatch(aBatch({ samples: someSamples(headCapacity * 2, { at: start + 20_000 }) }))
  expect(oldest()).toBe(start + 7000)
  store.commitBatch(aBatch({ samples: someSamples(1, { at: start + 3000 }) }))
  expect(oldest()).toBe(start + 3000)
})
