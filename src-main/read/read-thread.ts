import { parentPort, workerData } from 'node:worker_threads'
import { ReadStore } from '../store/read-store.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { portLog } from '../threads/thread-log.ts'
import type { ReadCalls, ReadThreadOptions } from '../threads/read-calls.ts'
import { onPort, onStop, serveThread } from '../threads/thread-server.ts'
import { olderOf, oldestCachedAt } from './oldest-cached.ts'
import { exportNodeCsv } from './node-csv-export.ts'
import { HeadClient } from './head-client.ts'
import { readChunks, readRange } from './read-range.ts'
import type { RangeChunks, RangeRequest } from './read-range.ts'

interface EarlyRead {
  readonly chunks: RangeChunks
  readonly oldestAt: number | null
}

/**
 * Entry of the read thread: charts and exports, next to the writer. It opens the cache at the first call, and again
 * after each restart of the data thread, which may have replaced the file.
 */
if (!parentPort) throw new Error('the read thread must be started as a worker')

const { dataDir } = workerData as ReadThreadOptions
const port = parentPort
const log = portLog(port, 'read')
const life = new Lifetime(log)
const heads = new HeadClient(log)
let open: ReadStore | null = null

onPort(port, 'head', (given) => {
  heads.connect(given)
  closeStore()
})
life.own('store', null, closeStore)
onStop(port, () => life.end())

serveThread<ReadCalls>(
  port,
  {
    'samples.range': async (request) => {
      const { from, to } = request
      // Both threads work at the same time: a busy data thread answers after its transaction.
      const copied = heads.head(request.nodeId)
      const early = earlyOf(request)
      const head = await copied
      if ('error' in early) throw early.error
      const { chunks, oldestAt } = early
      if (!head || head.ordinal === chunks.total) {
        return { from, to, series: chunks.withHead(head), cachedFrom: olderOf(oldestAt, head) }
      }
      // The head became a chunk in between.
      const store = opened()
      return {
        from,
        to,
        series: readRange(store, head, request),
        cachedFrom: oldestCachedAt(store, head, request.nodeId),
      }
    },
    // An export is long, so it has its own connection, which stays valid when the file is replaced.
    'samples.export': async (request) => {
      const head = await heads.head(request.nodeId)
      const store = ReadStore.open(dataDir)
      try {
        return await exportNodeCsv(store, head, request)
      } finally {
        store.close()
      }
    },
  },
  log,
)

/** What the chunks tell without the head. An error waits until the head has answered, so that no answer is unhandled. */
function earlyOf(request: RangeRequest): EarlyRead | { readonly error: unknown } {
  try {
    const store = opened()
    return { chunks: readChunks(store, request), oldestAt: oldestCachedAt(store, null, request.nodeId) }
  } catch (error) {
    return { error }
  }
}

function opened(): ReadStore {
  return (open ??= ReadStore.open(dataDir))
}

function closeStore(): void {
  open?.close()
  open = null
}
