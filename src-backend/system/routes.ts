import { healthOperation, readyOperation } from '#shared/rest/system.ts'
import { apiError } from '../http/problem.ts'
import { type ApiRoute, apiRoute } from '../http/route.ts'

export interface SystemDeps {
  readonly version: string
  /** Whether PostgreSQL answers now. */
  readonly postgresIsUp: () => Promise<boolean>
  readonly kafkaIsUp: () => boolean
  /** Whether the database was found to be the right one, with all that it needs from the start. */
  readonly isPrepared: () => boolean
  /** One sentence: why this replica takes no work although all that it needs is there. */
  readonly problem: () => string | undefined
  /** This replica takes no more work. */
  readonly isEnding: () => boolean
}

/** What orchestrators and consoles ask: does it live, and can it answer? */
export function systemRoutes({
  version,
  postgresIsUp,
  kafkaIsUp,
  isPrepared,
  problem,
  isEnding,
}: SystemDeps): ApiRoute[] {
  return [
    apiRoute(healthOperation, async ({ now }) => ({
      body: {
        status: 'healthy' as const,
        timestamp: new Date(now).toISOString(),
        postgres: (await postgresIsUp()) ? ('up' as const) : ('down' as const),
        kafka: kafkaIsUp() ? ('up' as const) : ('down' as const),
        version,
      },
    })),
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
