/** Brings the database up to date and ends: a step before the replicas start. Exit codes as in main.ts. */
import { setTimeout as delay } from 'node:timers/promises'
import { configOrExit } from './config/config-or-exit.ts'
import { databaseProblem } from './db/database-error.ts'
import type { Pool } from './db/db.ts'
import { migrate } from './db/migrate.ts'
import { makePool } from './db/pool.ts'
import { makeLog } from './observe/log.ts'

/** A database that starts at the same time may need so long. */
const waitMs = 60_000

const config = configOrExit()
const log = makeLog(config.logLevel)
const pool = makePool({ url: config.databaseUrl, size: 1, log, statementsTakeTime: true })
try {
  const applied = await whenItAnswers(pool, Date.now() + waitMs)
  log.info('database is up to date', { applied })
} catch (cause) {
  log.error('database migration failed', { cause })
  process.exitCode = 1
} finally {
  await pool.end()
}

async function whenItAnswers(database: Pool, until: number): Promise<string[]> {
  for (;;) {
    try {
      return await migrate(database)
    } catch (error) {
      if (databaseProblem(error) !== 'unavailable' || Date.now() > until) throw error
      await delay(500)
    }
  }
}
