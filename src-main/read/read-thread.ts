import { parentPort, workerData } from 'node:worker_threads'
import { ReadStore } from '../store/read-store.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { portLog } from '../threads/thread-log.ts'
import type { ReadCalls, ReadThreadOptions } from '../threads/read-calls.ts'
import { onPort, onStop, serveThread } from '../threads/thread-server.ts'
import { oldestCachedAt } from './oldest-cached.ts'
import { exportNodeCsv } from './node-csv-export.ts'
import { HeadClient } from './head-client.ts'
import { readRange } from './read-range.ts'

/**
 * Entry of the read thread: charts and exports, next to the writer. It opens the cache at the first call, and again
 * after each restart of the data thread, which may have replaced the file.
 */
if (!parentPort) throw new Error('the read thread has to be started as a worker')

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
      const head = await heads.head(request.nodeId)
      open ??= ReadStore.open(dataDir)
      const { from, to, nodeId } = request
      return { from, to, series: readRange(open, head, request), cachedFrom: oldestCachedAt(open, head, nodeId) }
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

function closeStore(): void {
  open?.close()
  open = null
}
