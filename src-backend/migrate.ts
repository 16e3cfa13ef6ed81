/**
 * Brings the database up to date and exits: a step before the replicas start. With `--plan` it only prints what it
 * would do. With `--wait` it changes nothing and exits when another process has done it. Exit codes as in main.ts.
 */
import { constants } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { loadConfigOrExit } from './config/load-config.ts'
import { databaseProblem } from './db/database-error.ts'
import { migrateSchema, type MigrationProgress, type Planned, planMigration } from './db/schema-migrations.ts'
import { knownMigrations } from './db/migrations.ts'
import { createPool } from './db/pool.ts'
import { createProcessLog } from './observe/process-log.ts'

/** A database that starts at the same time may need this long. */
const waitMs = 60_000
/** How often `--wait` looks, and how often it says that it waits. */
const lookEveryMs = 1_000
const sayEveryMs = 60_000

const stopFirst =
  'replicas of the previous version cannot work with this migration: they stop their work, and nothing is ingested ' +
  'until replicas of this version start'

const config = loadConfigOrExit()
const log = createProcessLog(config)
const progress: MigrationProgress = {
  applying: ({ name }, stopsReplicas) => {
    if (stopsReplicas) log.warn(stopFirst, { migration: name })
    log.info('applying a migration', { migration: name })
  },
  newer: (migrations) => log.info('a newer backend has migrated the database; nothing to do', { migrations }),
}
const pool = createPool({ url: config.databaseUrl, size: 1, log, statementsTakeTime: true })
try {
  await run()
} catch (cause) {
  log.error('database migration failed', { cause })
  process.exitCode = 1
} finally {
  await pool.end()
}

async function run(): Promise<void> {
  const until = Date.now() + waitMs
  if (process.argv.includes('--plan')) {
    const plan = await retryUntil(until, () => planMigration(pool))
    log.info(plan.length === 0 ? 'the database is up to date' : 'migrations to be applied', { plan })
  } else if (process.argv.includes('--wait')) {
    await waitForMigration()
  } else {
    const applied = await retryUntil(until, () => migrateSchema(pool, knownMigrations, progress))
    log.info('the database is up to date', { applied })
  }
}

/** Waits without a limit, also for PostgreSQL: the caller limits the time. */
async function waitForMigration(): Promise<void> {
  // as process 1 of a container it would ignore them
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  let said = { what: '', at: -Infinity }
  for (;;) {
    const plan = await planUnlessAway()
    if (plan?.length === 0) return log.info('the database is up to date')
    const what = plan ? 'waiting for these migrations to be applied' : 'PostgreSQL does not answer; waiting'
    if (what !== said.what || Date.now() - said.at >= sayEveryMs) {
      said = { what, at: Date.now() }
      log.info(what, plan && { plan })
    }
    await delay(lookEveryMs)
  }
}

/** @returns `undefined` while PostgreSQL is unreachable */
async function planUnlessAway(): Promise<readonly Planned[] | undefined> {
  try {
    return await planMigration(pool)
  } catch (error) {
    if (databaseProblem(error) !== 'unavailable') throw error
    return undefined
  }
}

async function retryUntil<T>(until: number, run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (databaseProblem(error) !== 'unavailable' || Date.now() > until) throw error
      await delay(500)
    }
  }
}
