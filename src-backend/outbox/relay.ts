/**
 * Publishes what the outbox holds, in order for each key, at least once: rows go only after Kafka has them on all
 * copies, so a crash in between publishes them again; readers keep the higher version of a key. Any number of replicas
 * run a relay; one at a time sends. Invariant: whatever dies, the last record of a key becomes the newest one, because
 * compaction keeps no other.
 */
import { teamTopics } from '#shared/sync/team-topics.ts'
import type { Log } from '#shared/log.ts'
import { backOffMs } from '../../src-kafka/client/waiting.ts'
import { ProduceError, type OrderedProducer } from '../../src-kafka/produce/ordered-producer.ts'
import type { Db, Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { OutboxListener } from './outbox-listener.ts'
import { enqueueCurrent, enqueueAll } from './enqueue.ts'
import { ForeignTopics } from './ownership.ts'
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

/** For what no bell told of: rows of a replica that died, a bell that was lost. */
const pollMs = 1_000
const longestWaitMs = 5_000
/** A stop waits so long for the batch under way. */
const stopWithinMs = 3_000

export interface RelayDeps {
  readonly pool: Pool
  /** The relay's own: it closes it. */
  readonly producer: OrderedProducer
  readonly log: Log
  readonly now: () => number
  /** 0 to 1, spreads the attempts of replicas. */
  readonly random: () => number
  /** Absent: rows go to the topics that they name, unchecked. */
  readonly team?: TeamCheck
  /** The team topics belong to another database: this relay publishes nothing anymore. */
  readonly refused?: (reason: string) => void
}

export interface RelayStatus {
  readonly ok: boolean
  /** Since when it is so, epoch ms. */
  readonly since: number
  /** One sentence for the operator. */
  readonly problem?: string
}

export interface Relay {
  start(): void
  /** Ends within seconds, whatever is away. */
  stop(): Promise<void>
  status(): RelayStatus
  /** Resolves after the first check of the team topics, or when it failed because Kafka or PostgreSQL did. */
  settled(): Promise<void>
  /** How many rows wait to be told. */
  lag(): Promise<number>
}

export function createRelay(deps: RelayDeps): Relay {
  return new OutboxRelay(deps)
}

class OutboxRelay implements Relay {
  readonly #deps: RelayDeps
  readonly #bell: OutboxListener
  #running: Promise<void> = Promise.resolve()
  #isOver = false
  #isPrepared = false
  #failures = 0
  #status: RelayStatus
  /** Offered, and not committed as told: to be offered again as it is. */
  #unsure: { readonly rows: QueuedRows; readonly batch: TeamBatch } | undefined
  #wasNotified = false
  #wake: (() => void) | undefined
  #settle!: () => void
  readonly #settled = new Promise<void>((resolve) => (this.#settle = resolve))

  constructor(deps: RelayDeps) {
    this.#deps = deps
    this.#status = { ok: true, since: deps.now() }
    this.#bell = new OutboxListener({ ...deps, onNotification: () => this.#ring() })
  }

  start(): void {
    this.#bell.start()
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#isOver = true
    this.#wake?.()
    const patience = setTimeout(() => void this.#deps.producer.close(), stopWithinMs)
    await Promise.all([this.#running, this.#bell.stop()])
    clearTimeout(patience)
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
        if (error instanceof ForeignTopics) return this.#refused(error)
        this.#failed(error)
        this.#settle()
        await this.#waitForWork(this.#backOff(error))
      }
    }
  }

  /** @returns how many rows it was about; 0: there is nothing to do */
  async #round(): Promise<number> {
    const { team, producer, pool } = this.#deps
    if (!this.#isPrepared && !(await this.#prepare())) return 0
    const done = await withTx(pool, async (db) => {
      if (!(await tryRelayLock(db))) return undefined
      if (team && !(await isCompared(db))) {
        this.#compareAgain()
        return 1
      }
      const unsure = this.#unsure
      if (unsure !== undefined && !(await areStillQueued(db, unsure.rows))) return enqueueUncertain(db, unsure.rows)
      const rows = unsure?.rows ?? (await readQueued(db))
      if (rows === undefined) return 0
      const { batch } = (this.#unsure = unsure ?? { rows, batch: team?.addressed(rows) ?? rows })
      await producer.send(batch)
      await deletePublished(db, rows)
      return rows.ids.length
    })
    if (done !== undefined && this.#isPrepared) this.#unsure = undefined
    return done ?? 0
  }

  /**
   * Also after each failure: Kafka may have come back without the topics, or without what was in them.
   * @returns false while another replica has the lock
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
   * The database was restored, or its server was started again. Row ids of before may name other rows now, so what was
   * unsure is published again by its keys.
   */
  #compareAgain(): void {
    this.#isPrepared = false
    if (this.#unsure) this.#unsure = { ...this.#unsure, rows: { ...this.#unsure.rows, ids: ['0'] } }
  }

  #refused({ message }: ForeignTopics): void {
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

  /** A login that was refused is not to be tried every few seconds: that locks accounts. */
  #backOff(error: unknown): number {
    const leastMs = error instanceof ProduceError ? error.waitMs : 0
    return Math.max(leastMs, Math.min(longestWaitMs, backOffMs(this.#failures, this.#deps.random())))
  }

  #ring(): void {
    this.#wasNotified = true
    // Not while it backs off: each change would try a broker that is away.
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
 * Where this replica lost its database in the middle of a send, another one may have told the rows, and newer ones,
 * before ours came through: then they are told once more, as they stand now.
 */
async function enqueueUncertain(db: Db, { ids, topic, records }: QueuedRows): Promise<number> {
  await enqueueCurrent(db, { topic, keys: records.map(({ key }) => key) })
  return ids.length
}
