import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#shared/log.ts'
import type { PoolClient } from 'pg'
import { Counter, type Metric } from 'prom-client'
import { expireAcknowledgements, firstExpired } from '../alerts/expired-acknowledgements.ts'
import type { Config } from '../config/config.ts'
import type { Db, Pool } from '../db/db.ts'
import { isDue, lockJob, recordFinish, recordStart, unlockJob } from './job-repo.ts'
import { createPartitionsAhead } from './partitions.ts'
import { type InTx, deleteExpired } from './retention.ts'
import { rollUpBatch } from './rollup.ts'

export interface JobsDeps {
  readonly pool: Pool
  readonly config: Pick<Config, 'retention'>
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}

/** Partitions first: without them nothing can be stored. */
export const jobNames = ['partitions', 'rollup', 'retention', 'acknowledgements'] as const
export type JobName = (typeof jobNames)[number]

const everyMs: Readonly<Record<JobName, number>> = {
  partitions: 3_600_000,
  rollup: 15_000,
  retention: 3_600_000,
  acknowledgements: 60_000,
}
const acknowledgementsAtOnce = 500
/** How soon to check again after another replica had the job. */
const recheckMs = 100

export interface Jobs {
  /** For the registry of the process. */
  readonly metrics: readonly Metric[]
  /** Runs each job once per interval, on whichever replica is first. */
  start(): void
  /** Resolves when the running job is done. */
  stop(): Promise<void>
  /**
   * Runs the job even if it is not due, after any replica that is running it.
   * @throws the error of the job
   */
  runNow(name: JobName): Promise<void>
}

export function createJobs(deps: JobsDeps): Jobs {
  const ending = new AbortController()
  const loops: Array<Promise<void>> = []
  const runner = new JobRunner(deps, ending.signal)
  return {
    metrics: [runner.leftOut],
    start: () => {
      loops.push(...jobNames.map((name) => runner.repeat(name)))
    },
    stop: async () => {
      ending.abort()
      await Promise.all(loops)
    },
    runNow: async (name) => {
      while (!(await runner.runOnce(name, { onlyIfDue: false }))) await delay(recheckMs)
    },
  }
}

class JobRunner {
  readonly #deps: JobsDeps
  readonly #ending: AbortSignal
  readonly leftOut = new Counter({
    name: 'remo_rollup_left_out_total',
    help: 'Minutes of nodes without a rollup, because PostgreSQL refused their values',
    registers: [],
  })

  constructor(deps: JobsDeps, ending: AbortSignal) {
    this.#deps = deps
    this.#ending = ending
  }

  async repeat(name: JobName): Promise<void> {
    while (!this.#ending.aborted) {
      try {
        await this.runOnce(name, { onlyIfDue: true })
      } catch (cause) {
        this.#deps.log.warn('job failed; retrying in the next round', { job: name, cause })
      }
      await delay(everyMs[name], undefined, { signal: this.#ending }).catch(() => undefined)
    }
  }

  /**
   * The lock belongs to the connection that does the work. If the connection is lost, both end, so a job never runs
   * twice at the same time.
   * @returns `false` if another replica has the lock
   */
  async runOnce(name: JobName, { onlyIfDue }: { readonly onlyIfDue: boolean }): Promise<boolean> {
    const client = await this.#deps.pool.connect()
    let broken: Error | undefined
    const lost = (cause: Error): void => {
      broken = cause
    }
    client.on('error', lost)
    try {
      if (!(await lockJob(client, name))) return false
      if (!onlyIfDue || (await isDue(client, name, everyMs[name]))) await this.#runLocked(client, name)
      await unlockJob(client, name)
      return true
    } catch (cause) {
      lost(cause instanceof Error ? cause : new Error(String(cause)))
      throw cause
    } finally {
      client.off('error', lost)
      client.release(broken) // closing it releases the lock
    }
  }

  async #runLocked(client: PoolClient, name: JobName): Promise<void> {
    await recordStart(client, name)
    try {
      await this.#work(client, name)
    } catch (cause) {
      await recordFinish(client, name, cause instanceof Error ? cause.message : String(cause))
      throw cause
    }
    await recordFinish(client, name, null)
  }

  async #work(client: PoolClient, name: JobName): Promise<void> {
    const { config, now } = this.#deps
    const inTx: InTx = (run) => transaction(client, run)
    switch (name) {
      case 'partitions':
        return inTx((db) => createPartitionsAhead(db, { now: now(), rawDays: config.retention.rawDays }))
      case 'rollup':
        return this.#rollUp(inTx)
      case 'retention':
        return deleteExpired(inTx, config.retention, now())
      case 'acknowledgements':
        return this.#expireAcknowledgements(inTx)
    }
  }

  async #expireAcknowledgements(inTx: InTx): Promise<void> {
    const limit = acknowledgementsAtOnce
    for (let last: string | undefined = firstExpired; last !== undefined;) {
      const after: string = last
      last = await inTx((db) => expireAcknowledgements(db, { now: this.#deps.now(), after, limit }))
    }
  }

  async #rollUp(inTx: InTx): Promise<void> {
    const { log, now } = this.#deps
    while (!this.#ending.aborted) {
      const { hasMore, leftOut } = await inTx((db) => rollUpBatch(db, now()))
      if (leftOut > 0) log.warn('minutes could not be rolled up', { leftOut })
      this.leftOut.inc(leftOut)
      if (!hasMore) return
    }
  }
}

async function transaction<T>(client: PoolClient, run: (db: Db) => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await run(client)
    await client.query('commit')
    return result
  } catch (cause) {
    await client.query('rollback')
    throw cause
  }
}
