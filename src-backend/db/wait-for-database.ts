import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#shared/log.ts'
import { databaseProblem } from './database-error.ts'
import type { Pool } from './db.ts'
import { checkSchema } from './schema-migrations.ts'

const againMs = 1_000

export interface WaitOptions {
  /** Done once the schema is right. */
  readonly prepare: () => Promise<void>
  readonly log: Log
  readonly gone: AbortSignal
}

/**
 * Waits for a database that is away, as long as it takes.
 * @throws Error when it is there and is not the one that this code expects
 */
export async function waitForDatabase(pool: Pool, { prepare, log, gone }: WaitOptions): Promise<void> {
  let logged = false
  while (!gone.aborted) {
    try {
      await checkSchema(pool)
      await prepare()
      return
    } catch (cause) {
      if (databaseProblem(cause) !== 'unavailable') throw cause
      if (!logged) log.warn('PostgreSQL does not answer; retrying', { cause: String(cause) })
      logged = true
      await delay(againMs, undefined, { signal: gone }).catch(() => undefined)
    }
  }
}
