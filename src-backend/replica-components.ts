import type { Log } from '#shared/log.ts'
import { teamPrefix } from '#shared/team/team-topics.ts'
import { orderedProducer } from '../src-kafka/produce/ordered-producer.ts'
import { readToEnd } from '../src-kafka/consume/read-to-end.ts'
import { alertRoutes } from './alerts/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import { type Auth, createAuth } from './auth/create-auth.ts'
import type { Config } from './config/config.ts'
import { consoleRoutes } from './consoles/routes.ts'
import { connectedConsoles } from './consoles/service.ts'
import type { Pool } from './db/db.ts'
import { withTx } from './db/tx.ts'
import { exportRoutes } from './export/routes.ts'
import type { ApiRoute } from './http/route.ts'
import { type Ingest, createIngest } from './ingest/ingest.ts'
import { type Jobs, createJobs } from './jobs/jobs.ts'
import { applyMappingsFile } from './mappings/apply-file.ts'
import { mappingRoutes } from './mappings/routes.ts'
import { metricRoutes } from './metrics/routes.ts'
import { nodeRoutes } from './nodes/routes.ts'
import { type MetricsServer, createMetricsServer } from './observe/metrics-server.ts'
import { failingJobs } from './observe/failing-jobs.ts'
import { createRelay, type Relay } from './outbox/relay.ts'
import { TeamCheck } from './outbox/team-check.ts'
import { backendGroup, isCompared, readTeamDatabase } from './outbox/team-database.ts'
import { prepareRules } from './rules/service.ts'
import { ruleRoutes } from './rules/routes.ts'
import { secondChannelRoutes } from './second-channel/routes.ts'
import { createSecondChannel, type SecondChannel } from './second-channel/second-channel.ts'
import { silenceRoutes } from './silences/routes.ts'
import { DependencyProbe } from './system/dependency-probe.ts'
import { rejectedRoutes } from './system/rejected.ts'
import { sourceRoutes } from './system/sources.ts'
import { systemRoutes } from './system/routes.ts'
import { thresholdRoutes } from './thresholds/routes.ts'
import { userRoutes } from './users/routes.ts'

export interface ReplicaComponentsDeps {
  readonly config: Config
  readonly pool: Pool
  /** Connections of background work. Slow API requests cannot block it, nor it them. */
  readonly workPool: Pool
  readonly version: string
  /** Git commit; default `unknown`. */
  readonly revision?: string
  readonly isEnding: () => boolean
  /** The team topics belong to another database: this replica must stop. `reason`: one sentence for the operator. */
  readonly refused?: (reason: string) => void
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** All components of a replica. None of them runs yet. */
export interface ReplicaComponents {
  readonly auth: Auth
  readonly ingest: Ingest
  readonly jobs: Jobs
  readonly relay: Relay
  /** `undefined`: no address is set. */
  readonly secondChannel: SecondChannel | undefined
  readonly observe: MetricsServer
  readonly routes: readonly ApiRoute[]
  /** Prepares a new database: a way to the first account, stock rules, the mappings of the file. Every replica may call it, repeatedly. */
  prepare(): Promise<void>
  /** From now on the API answers with this reason and is not ready. */
  refuse(reason: string): void
  /** The sentence passed to `refuse`. */
  refusal(): string | undefined
  /** Consumer group of all replicas. Call `prepare` first. */
  group(): string
}

export function createReplicaComponents(deps: ReplicaComponentsDeps): ReplicaComponents {
  const { config, pool, workPool, version, revision = 'unknown', log, now } = deps
  const auth = createAuth({ pool, config, log: log.child({ part: 'auth' }), now })
  const kafkaLog = log.child({ part: 'outbox' })
  const client = { settings: config.kafka, log: kafkaLog, now }
  const relay = createRelay({
    pool: workPool,
    producer: orderedProducer(client),
    log: kafkaLog,
    now,
    random: Math.random,
    team: new TeamCheck({ team: config.team, read: (toRead) => readToEnd(client, toRead), log: kafkaLog, now }),
    refused: (reason) => deps.refused?.(reason),
  })
  const ingest = createIngest({ pool: workPool, config, log: log.child({ part: 'ingest' }), now })
  const jobs = createJobs({ pool: workPool, config, log: log.child({ part: 'jobs' }), now })
  const secondChannel = secondChannelOf(deps)
  const observe = createMetricsServer({
    pool,
    build: { version, revision },
    ingest,
    jobs,
    relay,
    secondChannel,
    connectedConsoles: () => connectedConsoles(workPool),
  })
  let isPrepared = false
  let isChecked = false
  let group = ''
  let refusal: string | undefined
  const system = systemOf(deps, ingest, { isPrepared: () => isPrepared && isChecked, refusal: () => refusal })
  return {
    auth,
    ingest,
    jobs,
    relay,
    secondChannel,
    observe,
    routes: [
      ...auth.routes,
      ...resourceRoutes(auth, config, log.child({ part: 'users' })),
      ...secondChannelRoutesOf(config, secondChannel),
      ...system,
    ],
    prepare: async () => {
      await auth.prepare()
      await prepareRules(pool)
      await withTx(pool, (db) => applyMappingsFile(db, config.mappings, now()))
      // While Kafka is unreachable, this replica is ready all the same. Only thresholds cannot be changed.
      void relay.settled().then(() => (isChecked = true))
      isChecked ||= await isCompared(pool)
      group = backendGroup(teamPrefix(config.team), await readTeamDatabase(pool))
      isPrepared = true
    },
    refuse: (reason) => {
      refusal = reason
    },
    refusal: () => refusal,
    group: () => group,
  }
}

function resourceRoutes({ passwords }: Auth, { silenceLongestDays }: Config, log: Log): ApiRoute[] {
  return [
    ...userRoutes({ passwords, log }),
    ...nodeRoutes(),
    ...metricRoutes(),
    ...thresholdRoutes(),
    ...ruleRoutes(),
    ...alertRoutes(),
    ...silenceRoutes({ longestDays: silenceLongestDays }),
    ...mappingRoutes(),
    ...consoleRoutes(),
    ...exportRoutes(),
    ...auditRoutes(),
    ...rejectedRoutes(),
    ...sourceRoutes(),
  ]
}

function secondChannelOf({
  config,
  workPool: pool,
  version,
  log,
  now,
}: ReplicaComponentsDeps): SecondChannel | undefined {
  const { webhook: target, notifyAfterMinutes: afterMinutes, team } = config
  if (target === undefined) return undefined
  return createSecondChannel({
    pool,
    target,
    team,
    afterMinutes,
    version,
    log: log.child({ part: 'second-channel' }),
    now,
  })
}

function secondChannelRoutesOf(config: Config, channel: SecondChannel | undefined): ApiRoute[] {
  const { webhook: target, notifyAfterMinutes: afterMinutes, team } = config
  return secondChannelRoutes({ on: channel && target && { channel, target }, afterMinutes, team })
}

/** Uses the connections of background work: slow API requests must not make a replica look dead. */
function systemOf(
  { workPool, version, revision = 'unknown', isEnding }: ReplicaComponentsDeps,
  ingest: Ingest,
  { isPrepared, refusal }: { readonly isPrepared: () => boolean; readonly refusal: () => string | undefined },
): ApiRoute[] {
  const postgres = new DependencyProbe(() => workPool.query('select 1').then(() => true))
  const jobs = new DependencyProbe(() => failingJobs(workPool))
  return systemRoutes({
    version,
    revision,
    isPrepared,
    isEnding,
    problem: () => refusal() ?? ingest.status().problem,
    kafkaIsUp: () => ingest.status().connected,
    failingJobs: () => jobs.get(),
    postgresIsUp: async () => (await postgres.get()) === true,
  })
}
