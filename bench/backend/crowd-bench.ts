import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startBackendProcess } from '../../tests/support/backend-process.ts'
import { startFleet } from '../fleet-load.ts'
import { quantile, timeLimit, type BenchResult } from '../measure.ts'
import { signInWhenReady } from './bench-client.ts'
import type { Databases } from './bench-databases.ts'
import type { CrowdOptions, CrowdResult } from './reader-crowd.ts'

export interface CrowdBench {
  /** Each sends one record per second. */
  readonly nodes: number
  readonly crowdSeconds: number
  readonly bootstrap: string
  readonly databases: Databases
  readonly say: (step: string) => void
}

const clients = 200
const topic = 'bench-crowd'
const limitMs = 1_000
const paths = ['/api/nodes', '/api/metrics/latest'] as const
const program = fileURLToPath(new URL('./reader-crowd.ts', import.meta.url))

/** Many clients request the same lists at once, again and again, while all nodes send. */
export async function crowdBench(bench: CrowdBench): Promise<BenchResult[]> {
  const { nodes, bootstrap, databases, crowdSeconds, say } = bench
  const database = await databases.make()
  const backend = await startBackendProcess({
    databaseUrl: database.url,
    bootstrap,
    env: { REMO_DEMO: 'true', TRUST_PROXY: '1', KAFKA_TOPIC_PATTERN: `^${topic}$` },
  })
  try {
    const headers = await signInWhenReady(backend.url)
    const stopSending = await startFleet({ nodes, bootstrap, topic })
    try {
      await untilKnown(nodes, async () => {
        const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from node')
        return rows[0]?.n ?? 0
      })
      const authorization = String(headers['Authorization'])
      const times = await timesOf({ url: backend.url, paths, clients, seconds: crowdSeconds, authorization })
      return paths.map((path) => {
        const ofPath = times[path] ?? []
        say(`${path}: ${ofPath.length} responses, median ${quantile(ofPath, 0.5).toFixed(0)} ms`)
        return timeLimit(`GET ${path}, ${clients} clients, ${nodes} nodes: p99`, quantile(ofPath, 0.99), limitMs)
      })
    } finally {
      await stopSending()
    }
  } finally {
    await backend.stop()
    await database.drop()
  }
}

async function untilKnown(nodes: number, count: () => Promise<number>): Promise<void> {
  while ((await count()) < nodes) await delay(100)
}

async function timesOf(options: CrowdOptions): Promise<CrowdResult> {
  const child = fork(program, [JSON.stringify(options)])
  const ended = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`the clients exited with ${String(code)}`)
  })
  ended.catch(() => undefined) // the race below reports it
  const [times] = (await Promise.race([once(child, 'message'), ended])) as [CrowdResult]
  return times
}
