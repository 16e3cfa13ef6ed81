/**
 * `node bench/commit-bench.ts [--quick]`: how long a commit takes, with 1,000 and 10,000 nodes, checkpoints included.
 * Every record of a commit is of another node, as when a fleet sends at a steady pace.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type SampleColumns, SampleDirectory } from '#shared/metric/sample-columns.ts'
import { emptyBatch } from '../src-main/store/batch-write.ts'
import { ConsoleStore } from '../src-main/store/console-store.ts'
import { metrics, nodeIdOf } from './bench-records.ts'
import { quantile } from './measure.ts'

/** Milliseconds at the 99.9th percentile. */
const target = 100
/** Records per commit. */
const batchSize = 1_000

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
for (const nodes of [1_000, 10_000]) {
  const dir = mkdtempSync(join(tmpdir(), 'remo-commit-'))
  try {
    const times = await commitTimes(dir, nodes, flags.quick ? 2_000 : 10_000)
    const [p50 = 0, p99 = 0, p999 = 0, worst = 0] = [0.5, 0.99, 0.999, 1].map((q) => quantile(times, q))
    const figures = `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, p99.9 ${p999.toFixed(2)}, worst ${worst.toFixed(1)} ms`
    const verdict = p999 <= target ? `p99.9 at most ${target} ms` : `p99.9 at most ${target} ms missed`
    process.stdout.write(`${nodes} nodes, ${times.length} commits of ${batchSize} records: ${figures}: ${verdict}\n`)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function commitTimes(dir: string, nodes: number, commits: number): Promise<number[]> {
  const startedAt = Date.UTC(2026, 10, 23)
  const { store } = ConsoleStore.open(dir, startedAt)
  const directory = new SampleDirectory()
  for (let i = 0; i < nodes; i++) directory.node(nodeIdOf(i), `Bench ${i}`)
  const layout = directory.layout(metrics, undefined).index
  const times: number[] = []
  for (let commit = 0; commit < commits; commit++) {
    const from = commit * batchSize
    const columns = columnsFrom(from)
    const positions = [{ topic: 'bench', partition: 0, next: from + batchSize, last: null }]
    const begin = performance.now()
    store.commitBatch({ ...emptyBatch, samples: [{ topic: 'bench', partition: 0, columns }], positions })
    times.push(performance.now() - begin)
    if (commit % 1_000 === 999) store.maintain()
    // As in the console, where a fetch comes between: other threads report meanwhile.
    if (commit % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
  }
  store.close()
  return times

  function columnsFrom(from: number): SampleColumns {
    const offset = Float64Array.from({ length: batchSize }, (_, i) => from + i)
    return {
      directory,
      count: batchSize,
      node: Uint32Array.from(offset, (record) => record % nodes),
      layout: new Uint32Array(batchSize).fill(layout),
      at: offset.map((record) => startedAt + Math.floor(record / nodes) * 10_000 + (record % nodes)),
      recordedAt: new Float64Array(batchSize).fill(startedAt),
      offset,
      first: Uint32Array.from(offset, (_, i) => i * metrics.length),
      values: Float64Array.from(
        { length: batchSize * metrics.length },
        () => Math.round(2000 + 2000 * Math.random()) / 100,
      ),
    }
  }
}
