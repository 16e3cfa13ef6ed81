import { constants } from 'node:os'
import type { Log } from '#shared/log.ts'
import { Lifetime } from '#shared/lifetime.ts'
import { createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { badConfiguration } from './config/load-config.ts'
import { waitForDatabase } from './db/wait-for-database.ts'
import { SchemaWatch } from './db/schema-watch.ts'
import { createPool } from './db/pool.ts'
import { replicaShutdown } from './replica-shutdown.ts'
import { startHttpServer } from './http/server.ts'
import { requestThrottle } from './http/middleware.ts'
import { createReplicaComponents, type ReplicaComponents } from './replica-components.ts'

export interface ReplicaDeps {
  readonly config: Config
  readonly version: string
  /** Git commit; default `unknown`. */
  readonly revision?: string
  readonly log: Log
}

/** Two transactions of the ingest and one for missing data, four jobs, the outbox and its listener, the second channel. */
export const workConnections = 10

/** How long running requests may take to finish. */
const drainMs = 5_000
/** Limit of the whole shutdown. */
export const endWithinMs = 10_000

/** Runs until a signal or a permanent error. Then the process exits. */
export async function runReplica(deps: ReplicaDeps): Promise<void> {
  const { log } = deps
  const life = new Lifetime(log)
  const stopping = new AbortController()
  const end = replicaShutdown({ life, log, stopping, withinMs: endWithinMs, exit: (code) => process.exit(code) })
  process.once('SIGINT', () => end('SIGINT', 128 + constants.signals.SIGINT))
  process.once('SIGTERM', () => end('SIGTERM', 128 + constants.signals.SIGTERM))
  process.on('uncaughtException', (cause) => fail(cause))
  process.on('unhandledRejection', (cause) => fail(cause))
  const fail = (cause: unknown): void => {
    log.error('unexpected error, stopping', { cause })
    end('failure', 1)
  }
  try {
    const refused = (reason: string): void => {
      log.error(reason)
      end('refused', badConfiguration)
    }
    await startReplica({ ...deps, life, stopSignal: stopping.signal, refused, now: Date.now })
  } catch (cause) {
    if (!stopping.signal.aborted) fail(cause)
  }
}

export interface Starting extends ReplicaDeps {
  readonly life: Lifetime
  readonly stopSignal: AbortSignal
  /** The team topics belong to another database: the replica must stop. `reason`: one sentence for the operator. */
  readonly refused: (reason: string) => void
  /** Epoch ms. */
  readonly now: () => number
}

/**
 * The API answers immediately, even if only that it is not ready. The rest starts when the database is reachable.
 * @returns once the work has begun
 */
export async function startReplica(starting: Starting): Promise<void> {
  const { config, version, revision = 'unknown', log, life, stopSignal, refused, now } = starting
  const pool = createPool({ url: config.databaseUrl, size: config.databaseConnections, log })
  life.own('pool', pool, () => pool.end())
  const workPool = createPool({ url: config.databaseUrl, size: workConnections, log })
  life.own('work pool', workPool, () => workPool.end())
  const components = createReplicaComponents({
    config,
    pool,
    workPool,
    version,
    revision,
    isEnding: () => stopSignal.aborted,
    refused,
    log,
    now,
  })
  const metricsServer = await components.observe.listen(config.prometheusPort)
  life.own('metrics', metricsServer, () => metricsServer.close(drainMs))
  const app = createApp({
    ...config,
    routes: components.routes,
    pool,
    version,
    now,
    authenticate: (header) => components.auth.authenticate(header),
    throttle: requestThrottle(config.requestsPerSecond),
    refusal: () => components.refusal(),
    checkResponses: false,
    observe: (...seen) => components.observe.request(...seen),
    log: log.child({ part: 'http' }),
  })
  const server = await startHttpServer(app, config.port)
  life.own('http', server, () => server.close(drainMs))
  log.info('listening', { port: server.port, metrics: metricsServer.port, version, revision, demo: config.demo })
  await waitForDatabase(pool, { prepare: () => components.prepare(), log, stopSignal })
  if (stopSignal.aborted) return
  const work = life.own('work', new Lifetime(log), (started) => started.end())
  const stopped = new AbortController()
  const stopWork = (reason: string): void => {
    log.error('this replica stops its work: another version must take over', { reason })
    components.refuse(reason)
    stopped.abort()
    void work.end()
  }
  const watch = new SchemaWatch({ db: workPool, refused: stopWork, log })
  watch.start()
  life.own('schema watch', watch, () => watch.stop())
  await startWork(components, work, AbortSignal.any([stopSignal, stopped.signal]))
}

/** Evaluates nothing before thresholds and alerts were compared with Kafka, unless Kafka is unreachable. */
async function startWork(
  { jobs, relay, ingest, secondChannel, group }: ReplicaComponents,
  life: Lifetime,
  stopSignal: AbortSignal,
): Promise<void> {
  jobs.start()
  life.own('jobs', jobs, () => jobs.stop())
  relay.start()
  life.own('outbox', relay, () => relay.stop())
  await relay.settled()
  if (stopSignal.aborted) return
  ingest.start(group())
  life.own('ingest', ingest, () => ingest.stop())
  secondChannel?.start()
  life.own('second channel', secondChannel, () => secondChannel?.stop())
}
