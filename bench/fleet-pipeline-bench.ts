import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { startDataThread } from './bench-data-thread.ts'
import { metrics, recordValues, writeBacklog } from './bench-records.ts'
import { measurePair, type BenchResult } from './measure.ts'
import {
  fieldsOfMetric,
  fleetMetrics,
  fleetRecords,
  metricsOfHost,
  partitionOfHost,
  telegrafJson,
  telegrafLine,
} from './telegraf-records.ts'

export interface FleetPipelineBench {
  readonly hosts: number
  readonly scrapes: number
  readonly rounds: number
  readonly nodes: number
  readonly kafka: Kafka
  readonly bootstrap: string
  readonly dir: string
}

interface Backlog {
  readonly topic: string
  readonly messages: number
  readonly values: number
}

const partitions = 8
const pollMs = 20
/** The part of the records that is stored before the clock runs. */
const warmShare = 0.2

/**
 * Kafka → decode → evaluate → SQLite in the console's thread, for a Telegraf fleet. The limit: as many values of ReMo's
 * own format, of `nodes` nodes. Values a second of the process's CPU time.
 */
export async function fleetPipelineBench(bench: FleetPipelineBench): Promise<BenchResult[]> {
  const { hosts, scrapes, nodes, kafka, rounds } = bench
  const messages = hosts * scrapes * metricsOfHost
  const ownRounds = Math.ceil((messages * fieldsOfMetric) / metrics.length / nodes)
  const own = { topic: 'bench-own', messages: ownRounds * nodes, values: ownRounds * nodes * metrics.length }
  await writeBacklog(kafka, { topic: own.topic, partitions, values: recordValues(nodes, ownRounds), batch: 500 })
  const partitionOf = (index: number): number => partitionOfHost(index, { hosts, partitions })
  const results: BenchResult[] = []
  for (const [name, topic, write] of [
    ['Telegraf JSON', 'bench-json', telegrafJson],
    ['Telegraf lines', 'bench-lines', telegrafLine],
  ] as const) {
    const values = fleetRecords(fleetMetrics(hosts, scrapes), write)
    await writeBacklog(kafka, { topic, partitions, values, batch: 500, partitionOf })
    results.push(
      await measurePair({
        name: `Kafka → SQLite, ${name} of ${hosts} hosts`,
        unit: 'values/CPU s',
        limitName: "ReMo's own format",
        rounds,
        target: { atLeast: 0.7 },
        ours: () => valuesPerCpuSecond(bench, { topic, messages, values: messages * fieldsOfMetric }),
        limit: () => valuesPerCpuSecond(bench, own),
      }),
    )
  }
  return results
}

/** Without the first records, which make nodes, series and layouts: that is once for a fleet. */
async function valuesPerCpuSecond(bench: FleetPipelineBench, backlog: Backlog): Promise<number> {
  const { topic, messages, values } = backlog
  const { client, stop } = await startDataThread(bench.dir, bench.bootstrap, `^${topic}$`)
  try {
    let first = { stored: 0, cpu: process.cpuUsage() }
    for (;;) {
      const stored = (await client.call('counters.get', {})).messagesByTopic[topic] ?? 0
      const { user, system } = process.cpuUsage(first.cpu)
      if (stored < warmShare * messages) first = { stored, cpu: process.cpuUsage() }
      if (stored === messages) return (values * (1 - first.stored / messages)) / ((user + system) / 1e6)
      await delay(pollMs)
    }
  } finally {
    await stop()
  }
}
