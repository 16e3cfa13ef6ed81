import type { Kafka } from 'kafkajs'
import { alertHistoryBench } from './alert-history-bench.ts'
import { decodeBench } from './decode-bench.ts'
import { equalTimesBench } from './equal-times-bench.ts'
import { evaluatorBench } from './evaluator-bench.ts'
import { fleetPipelineBench } from './fleet-pipeline-bench.ts'
import { fleetStoreBench } from './fleet-store-bench.ts'
import { formatsBench } from './formats-bench.ts'
import { historyBench } from './history-bench.ts'
import { latencyBench } from './latency-bench.ts'
import type { BenchResult } from './measure.ts'
import { nodeSeriesBench } from './node-series-bench.ts'
import { pipelineBench } from './pipeline-bench.ts'
import { restartBench } from './restart-bench.ts'
import { recordValues, writeBacklog } from './bench-records.ts'
import { cpuBench, reconnectBench, startBench } from './start-bench.ts'
import { storeBench } from './store-bench.ts'

export interface ConsoleBenches {
  readonly nodes: number
  readonly records: number
  /** Records in the backlog with one record per batch. */
  readonly singles: number
  readonly latencies: number
  /** Starts of the data thread, and of a broker. */
  readonly restarts: number
  readonly cpuSeconds: number
  /** Parts of one value in the cache of a start, and records of each. */
  readonly restart: { readonly series: number; readonly scrapes: number }
  /** Nodes with 24 h of history, and queries of each measurement. */
  readonly history: { readonly nodes: number; readonly queries: number }
  /** Alerts of two weeks, and pages of each filter. */
  readonly alertHistory: { readonly alerts: number; readonly queries: number }
  /** A Telegraf fleet of 30 metrics of 8 fields a host. */
  readonly fleet: { readonly hosts: number; readonly scrapes: number }
  /** The same in Kafka. */
  readonly fleetBacklog: { readonly hosts: number; readonly scrapes: number }
  readonly rounds: number
  readonly dir: string
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly say: (step: string) => void
}

export async function consoleBenches(bench: ConsoleBenches): Promise<BenchResult[]> {
  const { nodes, singles, latencies, restarts, cpuSeconds, rounds, dir, kafka, bootstrap, say } = bench
  const records = [...recordValues(nodes, bench.records / nodes)]
  say('decode')
  const results = [await decodeBench(records.slice(0, 100_000), rounds)]
  say('formats of other programs')
  const { hosts, scrapes } = bench.fleet
  results.push(...(await formatsBench({ hosts, scrapes: Math.ceil(scrapes / 8), rounds: 7 * rounds })))
  results.push(...(await fleetStoreBench({ hosts, scrapes, rounds: 7 * rounds, dir })))
  say('evaluator')
  results.push(...(await evaluatorBench(records.slice(0, 100_000), rounds)))
  results.push(await nodeSeriesBench(100_000, rounds))
  say('store')
  results.push(await storeBench(records, rounds, dir))
  results.push(await equalTimesBench(bench.records, rounds, dir))
  results.push(...(await historyBench({ ...bench.history, dir, say })))
  results.push(...(await alertHistoryBench({ ...bench.alertHistory, dir, say })))
  const full = { topic: 'bench-full', partitions: 8, values: records, batch: 500 }
  const single = { topic: 'bench-single', partitions: 64, values: records.slice(0, singles), batch: 1 }
  const wide = { topic: 'bench-wide', partitions: 500, values: records.slice(0, 2 * singles), batch: 20 }
  say('writing the backlogs')
  await writeBacklog(kafka, full)
  await writeBacklog(kafka, single)
  await writeBacklog(kafka, wide)
  const common = { rounds, kafka, bootstrap, dir }
  say('Kafka to SQLite')
  for (const [name, backlog, atLeast] of [
    ['full batches', full, 1],
    ['one record a batch', single, 2],
    ['500 partitions', wide, 1],
  ] as const) {
    results.push(await pipelineBench({ name: `Kafka → SQLite, ${name}`, backlog, target: { atLeast }, ...common }))
  }
  const fleet = { ...common, ...bench.fleetBacklog, nodes }
  results.push(...(await fleetPipelineBench(fleet)))
  say('latency')
  results.push(...(await latencyBench({ kafka, bootstrap, dir, messages: latencies })))
  say('start and reconnect')
  results.push(restartBench({ ...bench.restart, rounds: restarts, dir }))
  results.push(await startBench({ kafka, bootstrap, dir, rounds: restarts }))
  results.push(await reconnectBench({ dir, rounds: restarts }))
  say('CPU')
  results.push(await cpuBench({ kafka, bootstrap, dir, rounds }, cpuSeconds))
  return results
}
