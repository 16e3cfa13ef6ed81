/**
 * Publishes outbox rows to Kafka, at least once and in order per key. A row is deleted only after all in-sync replicas
 * of Kafka have it. After a crash it is published again, and readers keep the higher version of a key. Every replica
 * runs a relay; an advisory lock lets one send at a time. **Invariant**: the last record of a key in Kafka is always
 * the newest, because compaction keeps no other.
 */
import { teamTopics } from '#shared/team/team-topics.ts'
import type { Log } from '#shared/log.ts'
import { backOffMs } from '../../src-kafka/client/waiting.ts'
import { ProduceError, type OrderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { OutboxListener } from './outbox-listener.ts'
import { enqueueCurrent, enqueueAll } from './enqueue.ts'
import { ForeignTopicsError } from './ownership.ts'
import type { TeamBatch, TeamCheck } from './team-check.ts'
import { isCompared } from './team-database.ts'
import {
  countQueued,
  deletePublished,
  areStillQueued,
  readQueued,
  tryRelayLock,
  type QueuedRows,
} from './queued-rows-repo.ts'

const topics = Object.values(teamTopics())

/** Fallback for missed notifications: a replica died, or the listener lost its connection. */
const pollMs = 1_000
const longestWaitMs = 5_000
/** How long a stop waits for the current batch. */
const stopWithinMs = 3_000

export interface RelayDeps {
  readonly pool: Pool
  /** Owned by the relay, which closes it. */
  readonly producer: OrderedProducer
  readonly log: Log
  readonly now: () => number
  /** 0 to 1: spreads the retries of replicas. */
  readonly random: () => number
  /** Absent: rows go to the topics in their column, unchecked. */
  readonly team?: TeamCheck
  /** The team topics belong to another database. This relay has stopped. */
  readonly refused?: (reason: string) => void
}

export interface RelayStatus {
  readonly ok: boolean
  /** Start of this state, epoch ms. */
  readonly since: number
  /** One sentence for the operator. */
  readonly problem?: string
}

export interface Relay {
  start(): void
  /** Stops within seconds, even if Kafka or PostgreSQL is unreachable. */
  stop(): Promise<void>
  status(): RelayStatus
  /**
   * Resolves after the first check of the team topics, also if it failed because Kafka or PostgreSQL is unreachable.
   */
  settled(): Promise<void>
  /** Number of queued rows. */
  lag(): Promise<number>
}

export function createRelay(deps: RelayDeps): Relay {
  return new OutboxRelay(deps)
}

class OutboxRelay implements Relay {
  readonly #deps: RelayDeps
  readonly #listener: OutboxListener
  #running: Promise<void> = Promise.resolve()
  #isOver = false
  #isPrepared = false
  #failures = 0
  #status: RelayStatus
  /** A batch that was sent without a commit. It is sent again unchanged. */
  #uncertain: { readonly rows: QueuedRows; readonly batch: TeamBatch } | undefined
  #wasNotified = false
  #wake: (() => void) | undefined
  #settle!: () => void
  readonly #settled = new Promise<void>((resolve) => (this.#settle = resolve))

  constructor(deps: RelayDeps) {
    this.#deps = deps
    this.#status = { ok: true, since: deps.now() }
    this.#listener = new OutboxListener({ ...deps, onNotification: () => this.#notified() })
  }

  start(): void {
    this.#listener.start()
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#isOver = true
    this.#wake?.()
    const timer = setTimeout(() => void this.#deps.producer.close(), stopWithinMs)
    await Promise.all([this.#running, this.#listener.stop()])
    clearTimeout(timer)
    await this.#deps.producer.close()
  }

  status(): RelayStatus {
    return this.#status
  }

  settled(): Promise<void> {
    return this.#settled
  }

  lag(): Promise<number> {
    return countQueued(this.#deps.pool)
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        const published = await this.#round()
        this.#recovered()
        if (published === 0 && !this.#wasNotified) await this.#waitForWork(pollMs)
        this.#wasNotified = false
      } catch (error) {
        if (error instanceof ForeignTopicsError) return this.#refused(error)
        this.#failed(error)
        this.#settle()
        await this.#waitForWork(this.#backOff(error))
      }
    }
  }

  /** @returns number of rows handled; 0: nothing to do */
  async #round(): Promise<number> {
    const { team, producer, pool } = this.#deps
    if (!this.#isPrepared && !(await this.#prepare())) return 0
    const done = await withTx(pool, async (db) => {
      if (!(await tryRelayLock(db))) return undefined
      if (team && !(await isCompared(db))) {
        this.#compareAgain()
        return 1
      }
      const uncertain = this.#uncertain
      if (uncertain !== undefined && !(await areStillQueued(db, uncertain.rows)))
        return enqueueUncertain(db, uncertain.rows)
      const rows = uncertain?.rows ?? (await readQueued(db))
      if (rows === undefined) return 0
      const { batch } = (this.#uncertain = uncertain ?? { rows, batch: team?.addressed(rows) ?? rows })
      await producer.send(batch)
      await deletePublished(db, rows)
      return rows.ids.length
    })
    if (done !== undefined && this.#isPrepared) this.#uncertain = undefined
    return done ?? 0
  }

  /**
   * Also after each failure: Kafka may have lost the topics, or their contents.
   * @returns `false` while another replica has the lock
   */
  async #prepare(): Promise<boolean> {
    const { team, producer, pool } = this.#deps
    const nameOf = (topic: string) => team?.topicOf(topic) ?? topic
    const created = await producer.prepare(topics.map(nameOf))
    const empty = topics.filter((topic) => created.includes(nameOf(topic)))
    if (team || empty.length > 0) {
      const isDone = await withTx(pool, async (db) => {
        if (!(await tryRelayLock(db))) return undefined
        for (const topic of empty) await enqueueAll(db, topic)
        return { found: await team?.check(db, (batch) => producer.send(batch)) }
      })
      if (isDone === undefined) return false
      if (isDone.found) team?.report(isDone.found)
    }
    this.#settle()
    return (this.#isPrepared = true)
  }

  /**
   * The database was restored, or its server restarted. Row ids may now belong to other rows, so the uncertain batch is
   * published again by its keys.
   */
  #compareAgain(): void {
    this.#isPrepared = false
    if (this.#uncertain) this.#uncertain = { ...this.#uncertain, rows: { ...this.#uncertain.rows, ids: ['0'] } }
  }

  #refused({ message }: ForeignTopicsError): void {
    this.#isOver = true
    this.#status = { ok: false, since: this.#deps.now(), problem: message }
    this.#deps.refused?.(message)
  }

  #failed(error: unknown): void {
    this.#failures++
    this.#isPrepared = false
    if (this.#isOver) return
    const reason = error instanceof Error ? error.message : String(error)
    const problem = error instanceof ProduceError ? reason : `The outbox cannot be read: ${reason}`
    if (this.#status.ok) this.#deps.log.warn('cannot publish rules and alerts to Kafka', { cause: error })
    this.#status = { ok: false, since: this.#status.ok ? this.#deps.now() : this.#status.since, problem }
  }

  #recovered(): void {
    this.#failures = 0
    if (this.#status.ok) return
    this.#deps.log.info('publishing rules and alerts to Kafka again')
    this.#status = { ok: true, since: this.#deps.now() }
  }

  /** Retries refused credentials slowly: fast retries lock accounts. */
  #backOff(error: unknown): number {
    const leastMs = error instanceof ProduceError ? error.waitMs : 0
    return Math.max(leastMs, Math.min(longestWaitMs, backOffMs(this.#failures, this.#deps.random())))
  }

  #notified(): void {
    this.#wasNotified = true
    // Not during a back-off: each change would cause a retry.
    if (this.#status.ok) this.#wake?.()
  }

  #waitForWork(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/**
 * After losing the database during a send, another relay may have published these rows and newer ones. Publishes the
 * current state again.
 */
async function enqueueUncertain(db: Db, { ids, topic, records }: QueuedRows): Promise<number> {
  await enqueueCurrent(db, { topic, keys: records.map(({ key }) => key) })
  return ids.length
}
