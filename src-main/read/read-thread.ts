import { parentPort, workerData } from 'node:worker_threads'
import { ReadStore } from '../store/read-store.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { portLog } from '../threads/thread-log.ts'
import type { HeadCopies, RangeReply, ReadCalls, ReadThreadOptions } from '../threads/read-calls.ts'
import { onPort, onStop, serveThread } from '../threads/thread-server.ts'
import { olderOf } from './oldest-cached.ts'
import { exportNodeCsv } from './node-csv-export.ts'
import { CurrentPreview } from './preview-job.ts'
import { HeadClient } from './head-client.ts'
import { historyReadHandlers } from './history/history-read-handlers.ts'
import { readChunks } from './read-range.ts'
import { exportRejected } from './rejected-export.ts'
import { RecentUsage } from './recent-usage.ts'
import type { RangeChunks, RangeRequest } from './read-range.ts'

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
const usage = new RecentUsage()
const preview = new CurrentPreview({ store: opened, heads, clock: () => performance.now() })
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
      const { nodeId, metrics } = request
      const known = heads.known(nodeId, metrics)
      if (known) {
        const chunks = readChunks(opened(), request, known)
        if (chunks.canTake(known)) return replyOf(request, chunks, known)
      }
      // Both threads work at the same time: a busy data thread answers after its transaction.
      const copied = heads.heads(nodeId, metrics)
      const early = earlyOf(request)
      const copies = await copied
      if ('error' in early) throw early.error
      const { chunks } = early
      if (!copies || chunks.canTake(copies)) return replyOf(request, chunks, copies)
      // A head became a chunk in between, or has records that replace others.
      return replyOf(request, readChunks(opened(), request, copies), copies)
    },
    'preview.begin': (request) => preview.begin(request),
    'preview.step': ({ id, budgetMs }) => preview.step(id, budgetMs),
    ...historyReadHandlers({ opened: () => opened(), open: () => ReadStore.open(dataDir) }),
    'cache.usage': ({ zone }) => usage.of(zone, () => opened()),
    'rejected.export': async (request) => {
      const store = ReadStore.open(dataDir)
      try {
        return await exportRejected(store, request)
      } finally {
        store.close()
      }
    },
    // An export is long, so it has its own connection, which stays valid when the file is replaced.
    'samples.export': async (request) => {
      const copies = await heads.heads(request.nodeId, request.metrics)
      const store = ReadStore.open(dataDir)
      try {
        return await exportNodeCsv(store, copies, request)
      } finally {
        store.close()
      }
    },
  },
  log,
)

/** What the chunks tell without the head. An error waits until the head has answered, so that no answer is unhandled. */
function earlyOf(request: RangeRequest): { readonly chunks: RangeChunks } | { readonly error: unknown } {
  try {
    return { chunks: readChunks(opened(), request) }
  } catch (error) {
    return { error }
  }
}

function replyOf({ from, to }: RangeRequest, chunks: RangeChunks, copies: HeadCopies | null): RangeReply {
  return { from, to, series: chunks.withHeads(copies), cachedFrom: olderOf(chunks.oldestAt, copies) }
}

function opened(): ReadStore {
  return (open ??= ReadStore.open(dataDir))
}

function closeStore(): void {
  usage.clear()
  preview.clear()
  open?.close()
  open = null
}
