/** The worker of `history-bench.ts`: the thread that owns the cache, as the data thread does. */
import { columnsOf, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import type { Sample } from '#shared/metric/sample.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import type { HeadCalls } from '../src-main/threads/read-calls.ts'
import { portLog } from '../src-main/threads/thread-log.ts'
import { onPort, onStop, serveThread } from '../src-main/threads/thread-server.ts'
import { metrics, nodeIdOf } from './bench-records.ts'

export interface HistoryWriterOptions {
  readonly dataDir: string
  readonly nodes: number
  /** Event time of the first record, epoch ms. */
  readonly startAt: number
  /** Time between two records of a node. */
  readonly everyMs: number
}

export interface HistoryWriterCalls {
  /** Each node gets so many records. @returns messages per second */
  fill: (request: { rounds: number }) => number
  /** Commits slices of 1,000 records until `rest`, at full speed or at most so many records per second. */
  ingest: (request: { perSecond: number | null }) => void
  /** @returns messages per second since `ingest` */
  rest: (request: Record<never, never>) => number
}

/** As the data thread: at most so many records in one transaction. */
const sliceRecords = 1_000

if (!parentPort) throw new Error('the writer must be started as a worker')
const port = parentPort
const { dataDir, nodes, startAt, everyMs } = workerData as HistoryWriterOptions
const log = portLog(port, 'writer')
const { store } = ConsoleStore.open(dataDir, startAt)
/** Newest values in hundredths, by node. */
const walks = Int32Array.from({ length: nodes * metrics.length }, (_, i) => 2_000 + ((i * 7_919) % 6_000))
let written = 0
let seed = 1
let ingesting: Promise<number> | null = null
let isStopping = false

onPort(port, 'head', (given) =>
  serveThread<HeadCalls>(
    given,
    { 'head.get': ({ nodeId, metrics }) => store.samples.sharedHeads(nodeId, metrics) },
    log,
  ),
)
onStop(port, async () => {
  await stopIngest()
  store.close()
})
serveThread<HistoryWriterCalls>(
  port,
  {
    fill: ({ rounds }) => {
      const begin = performance.now()
      const end = written + rounds * nodes
      while (written < end) commit(Math.min(10 * sliceRecords, end - written))
      return (rounds * nodes * 1000) / (performance.now() - begin)
    },
    ingest: ({ perSecond }) => {
      isStopping = false
      ingesting = ingest(perSecond)
    },
    rest: stopIngest,
  },
  log,
)

async function ingest(perSecond: number | null): Promise<number> {
  const begin = performance.now()
  const before = written
  while (!isStopping) {
    commit(sliceRecords)
    const aheadMs = perSecond === null ? 0 : ((written - before) * 1000) / perSecond - (performance.now() - begin)
    if (aheadMs > 1) await delay(aheadMs)
    else await nextTurn()
  }
  return ((written - before) * 1000) / (performance.now() - begin)
}

async function stopIngest(): Promise<number> {
  isStopping = true
  const rate = await ingesting
  ingesting = null
  return rate ?? 0
}

const directory = new SampleDirectory()

/** The one place that knows how the store takes samples. */
function commit(count: number): void {
  const samples = Array.from({ length: count }, () => nextSample())
  store.commitBatch({
    ...emptyBatch,
    samples: [{ topic: 'bench', partition: 0, columns: columnsOf(samples, undefined, directory) }],
    positions: [{ topic: 'bench', partition: 0, next: written, last: null }],
  })
}

/** Nodes in turn. Each value moves by at most 2, with two decimals, as producers send them. */
function nextSample(): Sample {
  const node = written % nodes
  const at = startAt + Math.floor(written / nodes) * everyMs + Math.floor((node * everyMs) / nodes)
  written++
  const values = metrics.map((_, m) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    const index = node * metrics.length + m
    const moved = (walks[index] ?? 0) + ((seed >> 8) % 401) - 200
    walks[index] = Math.min(10_000, Math.max(0, moved))
    return (walks[index] ?? 0) / 100
  })
  return { nodeId: nodeIdOf(node), nodeName: `Bench ${node}`, at, names: metrics, values }
}
