import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#shared/log.ts'
import { databaseProblem } from './database-error.ts'
import type { Pool } from './db.ts'
import { checkSchema } from './schema-migrations.ts'

const againMs = 1_000

export interface WaitOptions {
  /** Runs after the schema check; both are repeated while the database is unreachable. */
  readonly prepare: () => Promise<void>
  readonly log: Log
  readonly stopSignal: AbortSignal
}

/**
 * Waits for the database, without a time limit.
 * @throws Error if the database is not the one that this code expects
 */
export async function waitForDatabase(pool: Pool, { prepare, log, stopSignal }: WaitOptions): Promise<void> {
  let logged = false
  while (!stopSignal.aborted) {
    try {
      await checkSchema(pool)
      await prepare()
      return
    } catch (cause) {
      if (databaseProblem(cause) !== 'unavailable') throw cause
      if (!logged) log.warn('PostgreSQL does not answer; retrying', { cause: String(cause) })
      logged = true
      await delay(againMs, undefined, { signal: stopSignal }).catch(() => undefined)
    }
  }
}
