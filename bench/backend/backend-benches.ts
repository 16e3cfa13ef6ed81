import type { Kafka } from 'kafkajs'
import type { BenchResult } from '../measure.ts'
import { Databases } from './bench-databases.ts'
import { crowdBench } from './crowd-bench.ts'
import { fleetIngestBench } from './fleet-ingest-bench.ts'
import { exportBench } from './export-bench.ts'
import { historyBench } from './history-bench.ts'
import { ingestBench } from './ingest-bench.ts'
import { loginBench } from './login-bench.ts'
import { rollupBench } from './rollup-bench.ts'

export interface BackendBenches {
  readonly nodes: number
  /** Number of values in the backlog. */
  readonly messages: number
  /** Number of values in the export. */
  readonly values: number
  readonly rollup: { readonly series: number; readonly minutes: number }
  /** Other nodes with 24 hours of rows in the table of the queried nodes. */
  readonly neighbours: number
  readonly querySeconds: number
  readonly floodSeconds: number
  readonly crowdSeconds: number
  readonly rounds: number
  readonly dir: string
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly say: (step: string) => void
}

export async function backendBenches(bench: BackendBenches): Promise<BenchResult[]> {
  const { say, dir } = bench
  say('starting PostgreSQL')
  const databases = await Databases.start(dir)
  try {
    const results = [await ingestBench({ ...bench, databases }), await fleetIngestBench({ ...bench, databases })]
    say('CSV export')
    results.push(...(await exportBench({ ...bench, databases })))
    say('rollups')
    results.push(...(await rollupBench({ ...bench.rollup, databases })))
    say('history query')
    results.push(await historyBench({ ...bench, databases }))
    say('crowd of readers')
    results.push(...(await crowdBench({ ...bench, databases })))
    say('login flood')
    results.push(...(await loginBench({ ...bench, databases })))
    return results
  } finally {
    await databases.stop()
  }
}
