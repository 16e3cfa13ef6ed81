/** `npm run bench [-- --quick]`: what the console's hot path reaches, beside what is possible on this machine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { silenceNegativeTimerWarning } from '../producers/quiet-warning.ts'
import { startKafka } from '../scripts/stack/kafka.ts'
import { freePort } from '../scripts/stack/ports.ts'
import { decodeBench } from './decode-bench.ts'
import { latencyBench } from './latency-bench.ts'
import type { Result } from './measure.ts'
import { pipelineBench } from './pipeline-bench.ts'
import { recordValues, writeBacklog } from './records.ts'
import { tableOf, writeReport } from './report.ts'
import { storeBench } from './store-bench.ts'

const nodes = 1_000
const sizes = {
  full: { records: 400_000, singles: 100_000, rounds: 3, latencies: 300 },
  quick: { records: 60_000, singles: 20_000, rounds: 1, latencies: 30 },
}

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const size = flags.quick ? sizes.quick : sizes.full
const dir = mkdtempSync(join(tmpdir(), 'remo-bench-'))
silenceNegativeTimerWarning()
try {
  const results = await measureAll()
  const path = join(import.meta.dirname, 'results', 'latest.json')
  writeReport(path, results, flags.quick)
  process.stdout.write(`\n${tableOf(results)}\n\nwritten to ${path}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}

async function measureAll(): Promise<Result[]> {
  const records = recordValues(nodes, size.records / nodes)
  say('decode')
  const results = [await decodeBench(records.slice(0, 100_000), size.rounds)]
  say('store')
  results.push(await storeBench(records, size.rounds, dir))
  say('starting Kafka')
  const broker = await startKafka({
    dir: join(dir, 'kafka'),
    port: await freePort(),
    controllerPort: await freePort(),
    log: say,
  })
  try {
    const { bootstrap } = broker
    const kafka = new Kafka({ clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.NOTHING })
    const full = { topic: 'bench-full', partitions: 8, values: records, batch: 500 }
    const single = { topic: 'bench-single', partitions: 64, values: records.slice(0, size.singles), batch: 1 }
    say('writing the backlogs')
    await writeBacklog(kafka, full)
    await writeBacklog(kafka, single)
    const common = { rounds: size.rounds, kafka, bootstrap, dir }
    say('Kafka to SQLite')
    results.push(await pipelineBench({ name: 'Kafka → SQLite, full batches', backlog: full, ...common }))
    results.push(await pipelineBench({ name: 'Kafka → SQLite, one record a batch', backlog: single, ...common }))
    say('latency')
    results.push(...(await latencyBench({ kafka, bootstrap, dir, messages: size.latencies })))
  } finally {
    await broker.stop()
  }
  return results
}

function say(step: string): void {
  process.stdout.write(`· ${step}\n`)
}
