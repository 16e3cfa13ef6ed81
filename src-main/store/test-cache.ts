import { afterEach, beforeEach } from 'vitest'
import type { Sample } from '#shared/metric/sample.ts'
import { ConsoleStore, type StoreOptions } from './console-store.ts'
import { ReadStore } from './read-store.ts'
import { aFolder, defined, startAt } from './store-builders.ts'
import type { StoreNotice } from './store-types.ts'

export interface TestCache {
  readonly dir: string
  readonly store: ConsoleStore
  /** A second connection, as the read thread has it. */
  readonly reader: ReadStore
  /** Ends the run. The test may change the files before it reopens the cache. */
  readonly close: () => void
  /** Begins another run on the same files. Returns the notices of the opening. */
  readonly reopen: (options?: StoreOptions) => readonly StoreNotice[]
}

interface Opened {
  readonly folder: ReturnType<typeof aFolder>
  store: ConsoleStore
  reader?: ReadStore
  isOpen: boolean
}

/** A new cache for each test of a file or `describe`: opened before the test, deleted after it. */
export function aCachePerTest(): TestCache {
  let current: Opened | undefined
  const now = (): Opened => defined(current)

  function close(): void {
    if (!now().isOpen) return
    now().store.close()
    now().isOpen = false
  }

  beforeEach(() => {
    const folder = aFolder()
    current = { folder, store: ConsoleStore.open(folder.dir, startAt).store, isOpen: true }
  })
  afterEach(() => {
    now().reader?.close()
    close()
    now().folder.dispose()
  })
  return {
    get dir() {
      return now().folder.dir
    },
    get store() {
      return now().store
    },
    get reader() {
      return (now().reader ??= ReadStore.open(now().folder.dir))
    },
    close,
    reopen: (options) => {
      close()
      const { store, notices } = ConsoleStore.open(now().folder.dir, startAt, options)
      Object.assign(now(), { store, isOpen: true })
      return notices
    },
  }
}

/** Every record of a node, as [time, first value], from chunks and head. */
export function storedRows(
  { reader, store }: Pick<TestCache, 'reader' | 'store'>,
  nodeId = 'node-1',
): Array<readonly [number, number]> {
  const node = defined(reader.parts(nodeId)[0])
  const found: Array<readonly [number, number]> = []
  for (const chunk of reader.chunks(node, { from: -1e12, to: 8e15 })) {
    const values = defined(chunk.values(defined(chunk.header.metrics[0]).metric))
    chunk.at.forEach((at, i) => found.push([at, defined(values[i])]))
  }
  const head = defined(store.samples.head(nodeId))
  head.at.forEach((at, i) => found.push([at, defined(head.values[i * head.metrics.length])]))
  return found
}

/** Samples in the form of `storedRows`. */
export function rowsOf(samples: readonly Sample[]): Array<readonly [number, number]> {
  return samples.map(({ at, values }) => [at, defined(values[0])])
}
