import { afterEach, beforeEach } from 'vitest'
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
