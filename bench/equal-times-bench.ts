import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { metrics, nodeIdOf } from './bench-records.ts'
import { measurePair, type BenchResult } from './measure.ts'

/** Records per transaction. */
const batchSize = 1_000
const nodes = 1_000
const startedAt = Date.UTC(2026, 10, 23)

/** Two records a second of each node, by clocks that count whole seconds, against the same records half a second apart. */
export function equalTimesBench(records: number, rounds: number, dir: string): Promise<BenchResult> {
  const directory = new SampleDirectory()
  for (let i = 0; i < nodes; i++) directory.node(nodeIdOf(i), `Bench ${i}`)
  const batches = Array.from({ length: Math.ceil(records / batchSize) }, (_, i) => apart(directory, i * batchSize))
  const whole = batches.map((columns) => ({ ...columns, at: columns.at.map((at) => Math.floor(at / 1000) * 1000) }))
  return measurePair({
    name: 'store: two records with each time',
    unit: 'messages/s',
    limitName: 'every record has its own time',
    rounds,
    target: { atLeast: 0.9 },
    ours: () => commitAll(dir, whole),
    limit: () => commitAll(dir, batches),
  })
}

function apart(directory: SampleDirectory, from: number): SampleColumns {
  const offset = Float64Array.from({ length: batchSize }, (_, i) => from + i)
  const at = offset.map((record) => startedAt + Math.floor(record / nodes) * 500)
  return {
    directory,
    count: batchSize,
    node: Uint32Array.from(offset, (record) => record % nodes),
    layout: new Uint32Array(batchSize).fill(directory.layout(metrics, undefined).index),
    at,
    recordedAt: at,
    offset,
    first: Uint32Array.from(offset, (_, i) => i * metrics.length),
    values: Float64Array.from({ length: batchSize * metrics.length }, (_, i) => ((i * 7919 + from) % 4000) / 100),
  }
}

function commitAll(dir: string, batches: readonly SampleColumns[]): number {
  const folder = mkdtempSync(join(dir, 'equal-'))
  const { store } = ConsoleStore.open(folder, startedAt)
  let next = 0
  const begin = performance.now()
  for (const columns of batches) {
    next += columns.count
    const samples = [{ topic: 'bench', partition: 0, columns }]
    store.commitBatch({ ...emptyBatch, samples, positions: [{ topic: 'bench', partition: 0, next, last: null }] })
  }
  const seconds = (performance.now() - begin) / 1000
  store.close()
  rmSync(folder, { recursive: true, force: true })
  return next / seconds
}
