import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConsoleStore } from '../store/console-store.ts'
import { aBatchWrite, aFolder, someSamples, startAt, defined } from '../store/store-builders.ts'
import { logTo } from '../threads/thread-log.ts'
import type { HeadCalls, ReadCalls, ReadThreadOptions } from '../threads/read-calls.ts'
import { serveThread } from '../threads/thread-server.ts'
import { ThreadSupervisor } from '../threads/supervisor.ts'

const quiet = logTo(() => undefined)
const range = { nodeId: 'node-1', from: startAt, to: startAt + 1e7, metrics: ['cpu_usage'], points: 1000 }

let folder: ReturnType<typeof aFolder>
let read: ThreadSupervisor<ReadCalls>

beforeEach(() => {
  folder = aFolder()
  const options: ReadThreadOptions = { dataDir: folder.dir }
  read = new ThreadSupervisor({
    name: 'read thread',
    log: quiet,
    now: Date.now,
    spawn: () => new Worker(new URL('./read-thread.ts', import.meta.url), { workerData: options }),
  })
  read.start()
})

afterEach(async () => {
  await read.stop(5000)
  folder.dispose()
})

/** Serves heads to the read thread, as the data thread does. */
function lend(store: ConsoleStore, beforeCopy: () => void = () => undefined): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const copy: HeadCalls['head.get'] = ({ nodeId, metrics }) => {
    beforeCopy()
    return store.samples.sharedHeads(nodeId, metrics)
  }
  serveThread<HeadCalls>(port1, { 'head.get': copy }, quiet)
  port1.unref()
  read.sendPort('head', port2)
  return port1
}

// Windows keeps the name of an open file: a damaged cache is replaced there when ReMo starts again.
it.skipIf(process.platform === 'win32')(
  'answers from chunks and head, and from the new file after the data thread replaced it (not on Windows)',
  async () => {
    const first = ConsoleStore.open(folder.dir, startAt).store
    first.commitBatch(aBatchWrite({ samples: someSamples(500) }))
    await expect(read.call('samples.range', range)).rejects.toMatchObject({ code: 'unavailable' })
    lend(first)
    expect(defined((await read.call('samples.range', range)).series[0]).at.length).toBe(500)
    first.close()
    const dir = folder.dir
    folder.dispose()
    const second = ConsoleStore.open(dir, startAt).store
    second.commitBatch(aBatchWrite({ samples: someSamples(7) }))
    lend(second)
    expect(defined((await read.call('samples.range', range)).series[0]).at.length).toBe(7)
    const path = join(dir, 'out.csv')
    expect(await read.call('samples.export', { ...range, path, zone: 'utc' })).toEqual({ rows: 7 })
    expect(readFileSync(path, 'utf8').split('\r\n')).toHaveLength(9)
    second.close()
  },
)

it('counts records once when a head becomes a chunk while the chunks are read', async () => {
  const { store } = ConsoleStore.open(folder.dir, startAt)
  const samples = someSamples(900)
  let stored = 0
  const commit = (count: number): void => {
    store.commitBatch(aBatchWrite({ samples: samples.slice(stored, stored + count) }))
    stored += count
  }
  commit(100)
  for (const count of [300, 500, 700, 900]) {
    lend(store, () => commit(200))
    const { series, cachedFrom } = await read.call('samples.range', range)
    expect([...defined(series[0]).at]).toEqual(samples.slice(0, count).map(({ at }) => at))
    expect(cachedFrom).toBe(startAt)
  }
  store.close()
})

it('sees each commit without asking again, until the head becomes a chunk or gets a metric', async () => {
  const { store } = ConsoleStore.open(folder.dir, startAt)
  const samples = someSamples(3_000)
  let asked = 0
  lend(store, () => asked++)
  let stored = 0
  const commit = async (count: number): Promise<void> => {
    store.commitBatch(aBatchWrite({ samples: samples.slice(stored, stored + count) }))
    stored += count
    const { series } = await read.call('samples.range', { ...range, points: 10_000 })
    expect([...defined(series[0]).at]).toEqual(samples.slice(0, stored).map(({ at }) => at))
  }
  await commit(40)
  for (let n = 0; n < 5; n++) await commit(1)
  expect(asked).toBe(1)
  for (let n = 0; n < 12; n++) await commit(200)
  const at = startAt + 5e6
  const wider = { ...defined(samples[0]), at, names: ['cpu_usage', 'new_metric'], values: [1, 7] }
  store.commitBatch(aBatchWrite({ samples: [wider] }))
  const { series } = await read.call('samples.range', { ...range, metrics: ['new_metric'] })
  expect(defined(series[0])).toMatchObject({ at: Float64Array.of(at), last: Float64Array.of(7) })
  store.close()
})

it('has the records of the newest commit while the data thread is in a transaction', async () => {
  const { store } = ConsoleStore.open(folder.dir, startAt)
  const samples = someSamples(400)
  const port = lend(store)
  store.commitBatch(aBatchWrite({ samples: samples.slice(0, 100) }))
  await read.call('samples.range', range)
  // The other side does not answer any more, and the head moves to larger memory before the commit.
  port.removeAllListeners('message')
  const { write, apply } = store.samples.prepare(aBatchWrite({ samples: samples.slice(100) }))
  expect(defined((await read.call('samples.range', range)).series[0]).at.length).toBe(100)
  write()
  expect(defined((await read.call('samples.range', range)).series[0]).at.length).toBe(100)
  apply()
  lend(store)
  expect(defined((await read.call('samples.range', range)).series[0]).at.length).toBe(400)
  store.close()
})
