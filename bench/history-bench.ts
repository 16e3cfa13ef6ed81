import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { ReadCalls, ReadThreadOptions } from '../src-main/threads/read-calls.ts'
import type { CallMap } from '../src-main/threads/protocol.ts'
import { ThreadClient } from '../src-main/threads/thread-client.ts'
import { logTo } from '../src-main/threads/thread-log.ts'
import { metrics, nodeIdOf } from './bench-records.ts'
import type { HistoryWriterCalls, HistoryWriterOptions } from './history-writer.ts'
import { quantile, singleMeasurement, type BenchResult } from './measure.ts'

export interface HistoryBench {
  readonly nodes: number
  /** Queries of each measurement. */
  readonly queries: number
  readonly dir: string
  readonly say: (step: string) => void
}

const rangeMs = 24 * 3600_000
const everyMs = 10_000
const points = 500
/** What half of the queries and what 99 of 100 may take. */
const limits = { p50: 0.5, p99: 1 }
/** What the preview of a threshold may take for 1,000 nodes. */
const previewSeconds = 5
/** A fleet of 2,000 nodes at 1 Hz. */
const steadyRate = 2_000

interface Thread<C extends CallMap<C>> {
  readonly worker: Worker
  readonly client: ThreadClient<C>
  stop(): Promise<void>
}

/**
 * Queries of one series over 24 h by the read thread, as the chart of the window asks them: call, head, chunks, reply.
 * At rest, while a fleet sends, and while the thread that owns the cache commits at full speed.
 */
export async function historyBench({ nodes, queries, dir, say }: HistoryBench): Promise<BenchResult[]> {
  const dataDir = mkdtempSync(join(dir, 'history-'))
  const startAt = Math.floor(Date.now() / 1000) * 1000 - rangeMs
  const options: HistoryWriterOptions = { dataDir, nodes, startAt, everyMs }
  const writer = await startThread<HistoryWriterCalls>('./history-writer.ts', options)
  try {
    const rate = await writer.client.call('fill', { rounds: rangeMs / everyMs })
    say(`history: filled with ${Math.round(rate)} msg/s`)
    const query = { from: startAt, to: startAt + rangeMs, nodes }
    const cold = await coldTimes(dataDir, writer, query)
    say(`history: first query of a new read thread, median ${quantile(cold, 0.5).toFixed(2)} ms`)
    const read = await startReader(dataDir, writer)
    try {
      await queryTimes(read, query, queries)
      const atRest = await queryTimes(read, query, queries)
      const results = [...resultsOf('at rest', atRest), ...(await previewResults(read, query, say))]
      for (const perSecond of [steadyRate, null]) {
        await writer.client.call('ingest', { perSecond })
        const times = await queryTimes(read, query, queries)
        const reached = Math.round(await writer.client.call('rest', {}))
        results.push(...resultsOf(`at ${reached} msg/s`, times))
      }
      return results
    } finally {
      await read.stop()
    }
  } finally {
    await writer.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface SeriesQuery {
  readonly from: number
  readonly to: number
  readonly nodes: number
}

/** The first query of each of five read threads, without the start of the thread. */
async function coldTimes(dataDir: string, writer: Thread<HistoryWriterCalls>, query: SeriesQuery): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < 5; n++) {
    const read = await startReader(dataDir, writer)
    times.push(...(await queryTimes(read, query, 1)))
    await read.stop()
  }
  return times
}

/** Milliseconds of each query, one after another, of a random node and metric. */
async function queryTimes(read: Thread<ReadCalls>, { from, to, nodes }: SeriesQuery, count: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const nodeId = nodeIdOf(Math.floor(Math.random() * nodes))
    const metric = metrics[n % metrics.length] ?? metrics[0]
    const begin = performance.now()
    const reply = await read.client.call('samples.range', { nodeId, from, to, metrics: [metric], points })
    times.push(performance.now() - begin)
    const found = reply.series[0]?.at.length ?? 0
    if (found !== points) throw new Error(`${nodeId} has ${found} points instead of ${points}`)
  }
  return times
}

/** A rule for all nodes, tried on 24 h. `breaching`: its level is so low that few chunks can be passed unread. */
async function previewResults(
  read: Thread<ReadCalls>,
  { from, to, nodes }: SeriesQuery,
  say: (step: string) => void,
): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const [name, warning] of [
    ['a usual level', 95],
    ['a level in the middle of the values', 50],
  ] as const) {
    const metric = metrics[0]
    const draft = {
      scope: { kind: 'all' as const },
      metric,
      condition: 'greater' as const,
      warning,
      clear: warning - 10,
      forSeconds: 120,
      enabled: true,
    }
    const begin = performance.now()
    const { id } = await read.client.call('preview.begin', { rules: [], draft, from, to })
    let step = await read.client.call('preview.step', { id, budgetMs: 100 })
    while (step.done < step.total) step = await read.client.call('preview.step', { id, budgetMs: 100 })
    const seconds = (performance.now() - begin) / 1000
    say(
      `history: preview of ${name}: ${step.result.after.fired} alerts on ${step.result.after.nodes} of ${nodes} nodes`,
    )
    results.push(
      singleMeasurement({
        name: `preview of a threshold, 24 h of ${nodes} nodes, ${name}`,
        unit: 's',
        limitName: 'what it may take',
        ours: seconds,
        limit: (previewSeconds * nodes) / 1_000,
        target: { atMost: 1 },
      }),
    )
  }
  return results
}

function resultsOf(when: string, times: readonly number[]): BenchResult[] {
  const worst = Math.max(...times).toFixed(1)
  return (['p50', 'p99'] as const).map((name) =>
    singleMeasurement({
      name: `${points} points of 24 h, ${when}: ${name} of ${times.length}, worst ${worst} ms`,
      unit: 'ms',
      limitName: 'what it may take',
      ours: quantile(times, Number(name.slice(1)) / 100),
      limit: limits[name],
      target: { atMost: 1 },
    }),
  )
}

async function startReader(dataDir: string, writer: Thread<HistoryWriterCalls>): Promise<Thread<ReadCalls>> {
  const options: ReadThreadOptions = { dataDir }
  const read = await startThread<ReadCalls>('../src-main/read/read-thread.ts', options)
  const { port1, port2 } = new MessageChannel()
  writer.worker.postMessage({ port: port1, purpose: 'head' }, [port1])
  read.worker.postMessage({ port: port2, purpose: 'head' }, [port2])
  return read
}

async function startThread<C extends CallMap<C>>(path: string, options: object): Promise<Thread<C>> {
  const worker = new Worker(new URL(path, import.meta.url), { workerData: options })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  const log = logTo((line) => {
    if (line.level === 'error') process.stderr.write(`${line.message} ${JSON.stringify(line.fields)}\n`)
  })
  const client = new ThreadClient<C>(worker, path, log)
  await Promise.race([new Promise<void>((resolve) => client.onReady(resolve)), failed])
  return {
    worker,
    client,
    stop: async () => {
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage({ stop: true })
      await exited
    },
  }
}
