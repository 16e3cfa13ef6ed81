import type { Kafka } from 'kafkajs'
import type { BenchResult } from '../measure.ts'
import { Databases } from './bench-databases.ts'
import { exportBench } from './export-bench.ts'
import { historyBench } from './history-bench.ts'
import { ingestBench } from './ingest-bench.ts'
import { loginBench } from './login-bench.ts'

export interface BackendBenches {
  readonly nodes: number
  /** Of the backlog. */
  readonly messages: number
  /** Of the export. */
  readonly values: number
  /** Nodes whose rows of 24 hours lie among those that are asked for. */
  readonly neighbours: number
  readonly querySeconds: number
  readonly floodSeconds: number
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
    const results = [await ingestBench({ ...bench, databases })]
    say('CSV export')
    results.push(...(await exportBench({ ...bench, databases })))
    say('history query')
    results.push(await historyBench({ ...bench, databases }))
    say('login flood')
    results.push(...(await loginBench({ ...bench, databases })))
    return results
  } finally {
    await databases.stop()
  }
}
