import {
  healthOperation,
  healthzOperation,
  readyOperation,
  readyzOperation,
  versionOperation,
} from '#shared/rest/system.ts'
import { apiError } from '../http/problem.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'

export interface SystemDeps {
  readonly version: string
  /** Git commit. */
  readonly revision: string
  /** Whether PostgreSQL answers now. Neither this nor `failingJobs` may keep a probe waiting. */
  readonly postgresIsUp: () => Promise<boolean>
  readonly kafkaIsUp: () => boolean
  /** Names of the jobs whose last run failed, on any replica; `undefined` if PostgreSQL does not answer. */
  readonly failingJobs: () => Promise<string[] | undefined>
  /** Whether the database is prepared: schema, first account and stock rules. */
  readonly isPrepared: () => boolean
  /** Why this replica does no work although it can reach everything, in one sentence. */
  readonly problem: () => string | undefined
  /** Whether this replica is shutting down. */
  readonly isEnding: () => boolean
}

/** `now`: epoch ms. */
interface Asked {
  readonly now: number
}

/** Health, readiness and version, for orchestrators and consoles. */
export function systemRoutes(deps: SystemDeps): ApiRoute[] {
  const { version, revision } = deps
  const health = healthOf(deps)
  const ready = readyOf(deps)
  return [
    apiRoute(healthOperation, health),
    apiRoute(healthzOperation, health),
    apiRoute(readyOperation, ready),
    apiRoute(readyzOperation, ready),
    apiRoute(versionOperation, () => Promise.resolve({ body: { version, revision } })),
  ]
}

function healthOf({ version, postgresIsUp, kafkaIsUp, failingJobs }: SystemDeps) {
  return async ({ now }: Asked) => {
    const [isUp, failing] = await Promise.all([postgresIsUp(), failingJobs()])
    return {
      body: {
        status: 'healthy' as const,
        timestamp: new Date(now).toISOString(),
        postgres: isUp ? ('up' as const) : ('down' as const),
        kafka: kafkaIsUp() ? ('up' as const) : ('down' as const),
        ...(failing === undefined ? {} : { failing_jobs: failing }),
        version,
      },
    }
  }
}

function readyOf({ isEnding, postgresIsUp, isPrepared, problem }: SystemDeps) {
  return async ({ now }: Asked) => {
    if (isEnding()) throw apiError('unavailable', 'This replica is shutting down.', { retryAfterSeconds: 5 })
    if (!(await postgresIsUp())) throw apiError('unavailable', 'PostgreSQL does not answer.', { retryAfterSeconds: 5 })
    if (!isPrepared())
      throw apiError('unavailable', 'This replica is still preparing the database.', { retryAfterSeconds: 1 })
    const sentence = problem()
    if (sentence !== undefined) throw apiError('unavailable', sentence, { retryAfterSeconds: 60 })
    return { body: { status: 'ready' as const, timestamp: new Date(now).toISOString() } }
  }
}
