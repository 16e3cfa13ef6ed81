import { healthOperation, readyOperation } from '#shared/rest/system.ts'
import { apiError } from '../http/problem.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'

export interface SystemDeps {
  readonly version: string
  /** Whether PostgreSQL answers now. */
  readonly postgresIsUp: () => Promise<boolean>
  readonly kafkaIsUp: () => boolean
  /** Names of the jobs whose last run failed, on any replica. */
  readonly failingJobs: () => Promise<string[]>
  /** Whether the database is prepared: schema, first account and stock rules. */
  readonly isPrepared: () => boolean
  /** Why this replica does no work although it can reach everything, in one sentence. */
  readonly problem: () => string | undefined
  /** Whether this replica is shutting down. */
  readonly isEnding: () => boolean
}

/** Health and readiness, for orchestrators and consoles. */
export function systemRoutes({
  version,
  postgresIsUp,
  kafkaIsUp,
  failingJobs,
  isPrepared,
  problem,
  isEnding,
}: SystemDeps): ApiRoute[] {
  return [
    apiRoute(healthOperation, async ({ now }) => {
      const [isUp, failing] = await Promise.all([postgresIsUp(), failingJobs().catch(() => undefined)])
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
    }),
    apiRoute(readyOperation, async ({ now }) => {
      if (isEnding()) throw apiError('unavailable', 'This replica is shutting down.', { retryAfterSeconds: 5 })
      if (!(await postgresIsUp()))
        throw apiError('unavailable', 'PostgreSQL does not answer.', { retryAfterSeconds: 5 })
      if (!isPrepared())
        throw apiError('unavailable', 'This replica is still preparing the database.', { retryAfterSeconds: 1 })
      const sentence = problem()
      if (sentence !== undefined) throw apiError('unavailable', sentence, { retryAfterSeconds: 60 })
      return { body: { status: 'ready' as const, timestamp: new Date(now).toISOString() } }
    }),
  ]
}
