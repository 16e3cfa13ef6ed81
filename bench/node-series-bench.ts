import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { SeriesColumns } from '../src-main/data/alerts/series-columns.ts'
import { recordValues } from './bench-records.ts'
import { evaluatorRate } from './evaluator-bench.ts'
import { measurePair, type BenchResult } from './measure.ts'

/**
 * What the series of the node itself costs the evaluator: the same records without it. Each side has a thread, because
 * the compiler would throw away the code of both when one replaces a method.
 */
export async function nodeSeriesBench(records: number, rounds: number): Promise<BenchResult> {
  const [ours, limit] = [true, false].map(
    (hasNodes) => new Worker(import.meta.filename, { workerData: { records, hasNodes } }),
  )
  try {
    return await measurePair({
      name: 'evaluator, with the series of nodes',
      unit: 'values/s',
      limitName: 'metrics alone',
      rounds,
      ours: () => askFor(ours as Worker),
      limit: () => askFor(limit as Worker),
    })
  } finally {
    await Promise.all([ours?.terminate(), limit?.terminate()])
  }
}

async function askFor(worker: Worker): Promise<number> {
  const answered = once(worker, 'message')
  worker.postMessage('measure')
  const [rate] = (await answered) as [number]
  return rate
}

if (!isMainThread && parentPort) {
  const { records, hasNodes } = workerData as { records: number; hasNodes: boolean }
  if (!hasNodes) SeriesColumns.prototype.advanceNode = () => true
  const values = [...recordValues(1_000, records / 1_000)]
  const port = parentPort
  port.on('message', () => port.postMessage(evaluatorRate(values)))
}
