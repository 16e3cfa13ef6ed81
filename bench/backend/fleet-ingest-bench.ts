import { measurePair, type BenchResult } from '../measure.ts'
import { metrics, recordValues, writeBacklog } from '../bench-records.ts'
import {
  fieldsOfMetric,
  fleetMetrics,
  fleetRecords,
  metricsOfHost,
  partitionOfHost,
  telegrafJson,
} from '../telegraf-records.ts'
import type { IngestBench } from './ingest-bench.ts'
import { readBacklog } from './read-backlog.ts'

const hosts = 100
const partitions = 8
const own = 'bench-fleet-own'
const telegraf = 'bench-fleet-telegraf'

/**
 * A Telegraf fleet: 100 hosts with 30 measurements of 8 fields. The limit: as many messages of ReMo's own format, of
 * 1,000 nodes. Both by a new backend into a fresh database; values a second.
 */
export async function fleetIngestBench(bench: IngestBench): Promise<BenchResult> {
  const { kafka, bootstrap, databases, rounds, say } = bench
  const scrapes = Math.max(3, Math.round(bench.messages / (hosts * metricsOfHost)))
  const messages = scrapes * hosts * metricsOfHost
  say('writing the backlog of a Telegraf fleet')
  const ofFleet = fleetRecords(fleetMetrics(hosts, scrapes), telegrafJson)
  const partitionOf = (index: number): number => partitionOfHost(index, { hosts, partitions })
  await writeBacklog(kafka, { topic: telegraf, partitions, values: ofFleet, batch: 500, partitionOf })
  const ownRounds = Math.ceil(messages / bench.nodes)
  await writeBacklog(kafka, { topic: own, partitions, values: recordValues(bench.nodes, ownRounds), batch: 500 })
  say('Telegraf fleet to PostgreSQL')
  const rateOf = async (topic: string, count: number, values: number): Promise<number> => {
    const { seconds } = await readBacklog({ topic, messages: count, bootstrap, databases })
    return values / seconds
  }
  return measurePair({
    name: `Kafka → PostgreSQL, Telegraf JSON of ${hosts} hosts`,
    unit: 'values/s',
    limitName: 'the own format of ReMo',
    rounds,
    target: { atLeast: 0.7 },
    ours: () => rateOf(telegraf, messages, messages * fieldsOfMetric),
    limit: () => rateOf(own, ownRounds * bench.nodes, ownRounds * bench.nodes * metrics.length),
  })
}
