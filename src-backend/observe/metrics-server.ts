import type { RequestListener } from 'node:http'
import { collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client'
import type { Pool } from '../db/db.ts'
import { type HttpServer, startHttpServer } from '../http/server.ts'
import type { SecondChannel } from '../second-channel/second-channel.ts'
import { type JobRun, readJobs } from './repo.ts'

export interface MetricsServerDeps {
  readonly pool: Pool
  readonly build: { readonly version: string; readonly revision: string }
  readonly ingest: { readonly counters: { readonly metrics: readonly Metric[] } }
  readonly jobs: { readonly metrics: readonly Metric[] }
  /** The relay's queued rows and status. */
  /** `undefined`: no address is set. */
  readonly secondChannel: Pick<SecondChannel, 'metrics' | 'state'> | undefined
  readonly connectedConsoles: () => Promise<number>
  readonly relay: { readonly lag: () => Promise<number>; readonly status: () => { readonly ok: boolean } }
}

/** Prometheus metrics of this replica, on a separate port: they are not public. */
export interface MetricsServer {
  /** @param port 0: any free one */
  listen(port: number): Promise<HttpServer>
  /** Records a response. `route` is the declared path, never the requested one, so that labels stay few. */
  request(route: string, status: number, seconds: number): void
}

/** A scrape waits this long for PostgreSQL. Metrics from an unreachable database are left out. */
const askWithinMs = 1_000

/** Gauges of prom-client with the suffix of counters: promtool refuses them. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

export function createMetricsServer(deps: MetricsServerDeps): MetricsServer {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of misnamed) registry.removeSingleMetric(name)
  const { ingest, jobs, secondChannel } = deps
  for (const metric of [...ingest.counters.metrics, ...jobs.metrics, ...(secondChannel?.metrics ?? [])]) {
    registry.registerMetric(metric)
  }
  const requests = new Histogram({
    name: 'remo_http_request_seconds',
    help: 'Request duration by route and status',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  gauges(registry, deps)
  consoleGauges(registry, deps)
  return {
    listen: (port) => startHttpServer(serve(registry), port),
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
  }
}

function gauges(registry: Registry, { pool, build, relay }: MetricsServerDeps): void {
  new Gauge({
    name: 'remo_build_info',
    help: 'Always 1, labeled with the version and its Git commit',
    labelNames: ['version', 'revision'],
    registers: [registry],
  }).set({ ...build }, 1)
  new Gauge({
    name: 'remo_postgres_connections',
    help: 'API database connections in use, and requests waiting for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'open' }, pool.totalCount)
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
  new Gauge({
    name: 'remo_outbox_ok',
    help: '1 if the last outbox attempt reached Kafka',
    registers: [registry],
    collect() {
      this.set(relay.status().ok ? 1 : 0)
    },
  })
  new Gauge({
    name: 'remo_outbox_waiting',
    help: 'Changes not yet published to Kafka',
    registers: [registry],
    async collect() {
      this.set((await readCounter(relay.lag())) ?? NaN)
    },
  })
  jobGauges(registry, pool)
}

function consoleGauges(registry: Registry, { connectedConsoles, secondChannel }: MetricsServerDeps): void {
  new Gauge({
    name: 'remo_consoles_connected',
    help: 'Consoles with a heartbeat in the last 90 s, on any replica',
    registers: [registry],
    async collect() {
      this.set((await readCounter(connectedConsoles())) ?? NaN)
    },
  })
  if (!secondChannel) return
  new Gauge({
    name: 'remo_second_channel_ok',
    help: '1 if the last attempt to send a message of the second channel succeeded, on any replica',
    registers: [registry],
    async collect() {
      const state = await readCounter(secondChannel.state())
      this.set(state === undefined ? NaN : Number(state.isOk))
    },
  })
  new Gauge({
    name: 'remo_second_channel_waiting_alerts',
    help: 'Alerts in messages of the second channel that are not delivered yet',
    registers: [registry],
    async collect() {
      this.set((await readCounter(secondChannel.state()))?.waitingAlerts ?? NaN)
    },
  })
}

function jobGauges(registry: Registry, pool: Pool): void {
  let asking: Promise<readonly JobRun[]> | undefined
  // Both gauges are collected together: one query serves them.
  const jobs = () =>
    (asking ??= readCounter(readJobs(pool)).then((runs) => {
      asking = undefined
      return runs ?? []
    }))
  new Gauge({
    name: 'remo_job_ok',
    help: '1 if the last run of a job succeeded, on any replica',
    labelNames: ['name'],
    registers: [registry],
    async collect() {
      const runs = await jobs()
      this.reset()
      for (const { name, problem } of runs) this.set({ name }, problem === null ? 1 : 0)
    },
  })
  new Gauge({
    name: 'remo_job_finished_timestamp_seconds',
    help: 'Time when a job last finished, on any replica',
    labelNames: ['name'],
    registers: [registry],
    async collect() {
      const runs = await jobs()
      this.reset()
      for (const { name, finishedAt } of runs) if (finishedAt !== null) this.set({ name }, finishedAt)
    },
  })
}

/** `undefined` without a value in time: the other metrics are worth more than a failed scrape. */
async function readCounter<T>(value: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), askWithinMs)))
  try {
    return await Promise.race([value.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}

function serve(registry: Registry): RequestListener {
  return (req, res) => {
    const isHere = req.url?.split('?')[0] === '/metrics'
    const isRead = req.method === 'GET' || req.method === 'HEAD'
    if (!isHere || !isRead) {
      res.writeHead(isHere ? 405 : 404, isHere ? { Allow: 'GET, HEAD' } : {}).end()
      return
    }
    registry.metrics().then(
      (text) => res.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => res.writeHead(500).end(),
    )
  }
}
