/**
 * `npm run bench [-- --quick] [--only console|backend|app|wakeups|popup|package] [--messages <n>]`: measures the hot paths, each next to the
 * limit of this machine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { suppressTimerWarning } from '../src-kafka/client/kafkajs-log.ts'
import { startKafka } from '../scripts/stack/servers/kafka-server.ts'
import { freePort } from '../scripts/process/free-port.ts'
import { ensureBuild } from '../scripts/console/build.ts'
import { appBench } from './app-bench.ts'
import { backendBenches } from './backend/backend-benches.ts'
import { consoleBenches } from './console-benches.ts'
import type { BenchResult } from './measure.ts'
import { packageBench } from './package-bench.ts'
import { popupBench } from './popup-bench.ts'
import { wakeupsBench } from './wakeups-bench.ts'
import { tableOf, writeReport } from './report.ts'

const nodes = 1_000
const sizes = {
  full: {
    rounds: 3,
    console: {
      records: 400_000,
      singles: 100_000,
      latencies: 300,
      restarts: 5,
      cpuSeconds: 20,
      restart: { series: 50_000, scrapes: 10 },
      history: { nodes: 1_000, queries: 3_000 },
      alertHistory: { alerts: 100_000, queries: 100 },
      // Long enough for chunks, of which bytes of a value follow.
      fleet: { hosts: 30, scrapes: 400 },
      fleetBacklog: { hosts: 100, scrapes: 200 },
    },
    backend: {
      messages: 500_000,
      values: 1_000_000,
      rollup: { series: 50_000, minutes: 5 },
      neighbours: 100,
      querySeconds: 65,
      floodSeconds: 20,
      crowdSeconds: 20,
    },
    app: { seconds: 600 },
    wakeups: { seconds: 60 },
    popup: { starts: 20 },
  },
  quick: {
    rounds: 1,
    console: {
      records: 60_000,
      singles: 20_000,
      latencies: 30,
      restarts: 1,
      cpuSeconds: 5,
      restart: { series: 5_000, scrapes: 10 },
      history: { nodes: 100, queries: 500 },
      alertHistory: { alerts: 10_000, queries: 20 },
      fleet: { hosts: 10, scrapes: 400 },
      fleetBacklog: { hosts: 20, scrapes: 100 },
    },
    backend: {
      messages: 100_000,
      values: 200_000,
      rollup: { series: 5_000, minutes: 3 },
      neighbours: 20,
      querySeconds: 8,
      floodSeconds: 5,
      crowdSeconds: 5,
    },
    app: { seconds: 20 },
    wakeups: { seconds: 20 },
    popup: { starts: 3 },
  },
}

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    /** Messages in the backend's backlog; the target size is 2 million. */
    messages: { type: 'string' },
  },
})
const parts = ['console', 'backend', 'app', 'wakeups', 'popup', 'package']
if (flags.only !== undefined && !parts.includes(flags.only)) {
  process.stderr.write(`--only ${flags.only} is unknown. Use one of: ${parts.join(', ')}.\n`)
  process.exit(2)
}
const size = flags.quick ? sizes.quick : sizes.full
const dir = mkdtempSync(join(tmpdir(), 'remo-bench-'))
suppressTimerWarning()
try {
  const results = await measureAll()
  const path = join(import.meta.dirname, 'results', 'latest.json')
  writeReport(path, results, flags.quick)
  process.stdout.write(`\n${tableOf(results)}\n\nwritten to ${path}\n`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}

async function measureAll(): Promise<BenchResult[]> {
  if (flags.only === 'package') return packageBench({ dir })
  if (['app', 'wakeups', 'popup'].includes(flags.only ?? '')) await ensureBuild()
  say('starting Kafka')
  const broker = await startKafka({
    dir: join(dir, 'kafka'),
    port: await freePort(),
    controllerPort: await freePort(),
    log: say,
  })
  const { bootstrap } = broker
  const kafka = new Kafka({ clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const common = { nodes, rounds: size.rounds, dir, kafka, bootstrap, say }
  const messages = wholeThousands(flags.messages) ?? size.backend.messages
  try {
    return [
      ...(isWanted('console') ? await consoleBenches({ ...common, ...size.console }) : []),
      ...(isWanted('backend') ? await backendBenches({ ...common, ...size.backend, messages }) : []),
      ...(flags.only === 'app' ? await appBench({ ...common, ...size.app }) : []),
      ...(flags.only === 'wakeups' ? await wakeupsBench({ ...common, ...size.wakeups }) : []),
      ...(flags.only === 'popup' ? await popupBench({ ...common, ...size.popup }) : []),
    ]
  } finally {
    await broker.stop()
  }
}

function isWanted(part: 'console' | 'backend'): boolean {
  return flags.only === undefined || flags.only === part
}

/** Every node sends the same number. */
function wholeThousands(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.max(1, Math.round(Number(text) / nodes)) * nodes
}

function say(step: string): void {
  process.stdout.write(`· ${step}\n`)
}
