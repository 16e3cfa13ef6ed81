import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConsoleStore } from '../store/console-store.ts'
import { headCapacity } from '../store/heads/head.ts'
import { ReadStore } from '../store/read-store.ts'
import { aBatchWrite, aFolder, someSamples, startAt } from '../store/store-builders.ts'
import { oldestCachedAt } from './oldest-cached.ts'

let folder: ReturnType<typeof aFolder>
let store: ConsoleStore
let reader: ReadStore

beforeEach(() => {
  folder = aFolder()
  store = ConsoleStore.open(folder.dir, startAt).store
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
  store.commitBatch(aBatchWrite({ samples: someSamples(5, { at: startAt + 7000 }) }))
  expect(oldest()).toBe(startAt + 7000)
  store.commitBatch(aBatchWrite({ samples: someSamples(headCapacity * 2, { at: startAt + 20_000 }) }))
  expect(oldest()).toBe(startAt + 7000)
  store.commitBatch(aBatchWrite({ samples: someSamples(1, { at: startAt + 3000 }) }))
  expect(oldest()).toBe(startAt + 3000)
})
