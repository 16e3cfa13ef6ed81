/**
 * Tells a webhook about critical alerts that no console showed and nobody acknowledged. Every replica runs it; row locks
 * and a claim let one of them send. **Invariant**: a message is stored before it is sent, and its result after. So a
 * replica that is killed in between sends it again, with the same key.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '#shared/log.ts'
import type { WebhookMessage } from '#shared/notification/webhook-message.ts'
import { Counter, type Metric } from 'prom-client'
import type { Pool } from '../db/db.ts'
import { withTx } from '../db/tx.ts'
import { settleTracked } from './alerts-repo.ts'
import {
  claimMessage,
  type ClaimedMessage,
  markDelivered,
  markFailed,
  markGivenUp,
  readState,
  releaseClaim,
} from './messages-repo.ts'
import { PlanRun } from './plan-run.ts'
import { type Attempt, giveUpAfterHours, retryDelayMs } from './retry.ts'
import { sendMessage } from './send.ts'
import { targetHash, type WebhookTarget } from './target.ts'

const runEveryMs = 5_000
/** An attempt takes 10 s at most. After this time its replica is dead. */
const claimSeconds = 30
/** How long a stop waits for the attempt that is running. */
const stopWithinMs = 3_000

export interface SecondChannelDeps {
  readonly pool: Pool
  readonly target: WebhookTarget
  readonly team: string
  readonly afterMinutes: number
  readonly version: string
  readonly log: Log
  /** Epoch ms. Only for the time of the signature: everything else goes by the clock of the database. */
  readonly now: () => number
}

export interface SecondChannel {
  /** For the registry of the process. */
  readonly metrics: readonly Metric[]
  start(): void
  /** Stops within seconds. A message whose attempt was cut short is sent again, by this replica or another one. */
  stop(): Promise<void>
  /**
   * One round: looks at the alerts, and sends a message that is due.
   * @throws if the database is unreachable
   */
  runOnce(): Promise<void>
  /** Sends a message now, without storing it. Only one attempt. */
  sendNow(message: WebhookMessage): Promise<Attempt>
  /** Whether the last attempt, of any replica, was accepted; and what waits. */
  state(): Promise<{ readonly isOk: boolean; readonly waitingAlerts: number }>
}

export function createSecondChannel(deps: SecondChannelDeps): SecondChannel {
  return new WebhookChannel(deps)
}

class WebhookChannel implements SecondChannel {
  readonly #deps: SecondChannelDeps
  readonly #plan: PlanRun
  readonly #ending = new AbortController()
  readonly #cut = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #isFailing = false
  readonly #attempts = new Counter({
    name: 'remo_second_channel_attempts_total',
    help: 'Messages of the second channel that this replica sent, by outcome: delivered, failed (it is tried again), given-up',
    labelNames: ['outcome'],
    registers: [],
  })

  constructor(deps: SecondChannelDeps) {
    this.#deps = deps
    this.#plan = new PlanRun({ ...deps, target: targetHash(deps.target) })
    for (const outcome of ['delivered', 'failed', 'given-up']) this.#attempts.inc({ outcome }, 0)
  }

  get metrics(): readonly Metric[] {
    return [this.#attempts]
  }

  start(): void {
    const { target, log, afterMinutes } = this.#deps
    const facts = { host: target.url.origin, format: target.format, afterMinutes }
    log.info('second channel is on', facts)
    if (target.url.protocol === 'http:') {
      log.warn('second channel: messages and credentials are sent without encryption, use https', facts)
    }
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    const timer = setTimeout(() => this.#cut.abort(), stopWithinMs)
    await this.#running
    clearTimeout(timer)
  }

  async runOnce(): Promise<void> {
    const { pool } = this.#deps
    await withTx(pool, (db) => this.#plan.run(db))
    const claimed = await claimMessage(pool, { claimSeconds, giveUpAfterHours })
    if (claimed) await this.#send(claimed)
  }

  sendNow(message: WebhookMessage): Promise<Attempt> {
    return sendMessage(message, this.#deps)
  }

  async state(): Promise<{ readonly isOk: boolean; readonly waitingAlerts: number }> {
    const { lastProblem, waitingAlerts } = await readState(this.#deps.pool)
    return { isOk: lastProblem === null, waitingAlerts }
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      await this.runOnce().then(
        () => this.#recovered(),
        (cause: unknown) => this.#failed(cause),
      )
      await delay(runEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  #recovered(): void {
    if (this.#isFailing) this.#deps.log.info('second channel: looking at the alerts again')
    this.#isFailing = false
  }

  #failed(cause: unknown): void {
    if (!this.#isFailing) this.#deps.log.warn('second channel: cannot look at the alerts, retrying', { cause })
    this.#isFailing = true
  }

  async #send(claimed: ClaimedMessage): Promise<void> {
    const { pool } = this.#deps
    const { id } = claimed.content
    const sent = await sendMessage(claimed.content, { ...this.#deps, stopSignal: this.#cut.signal })
    if (sent.kind === 'failed' && this.#cut.signal.aborted) return releaseClaim(pool, id)
    const attempt: Attempt = sent.kind === 'failed' && claimed.isLast ? tooOld(sent) : sent
    this.#attempts.inc({ outcome: attempt.kind })
    this.#report(claimed, attempt)
    if (attempt.kind === 'failed') {
      const delayMs = retryDelayMs(claimed.attempts, attempt.retryAfterMs)
      return markFailed(pool, id, { problem: attempt.problem, delayMs })
    }
    await withTx(pool, async (db) => {
      // The message first: the next plan waits for its row.
      if (attempt.kind === 'delivered') await markDelivered(db, id)
      else await markGivenUp(db, id, attempt.problem)
      await settleTracked(db, id, attempt.kind === 'delivered' ? 'sent' : 'given-up')
    })
  }

  #report({ content, alerts, attempts }: ClaimedMessage, attempt: Attempt): void {
    const { log } = this.#deps
    const facts = { message: content.id, status: content.status, alerts, attempts }
    if (attempt.kind === 'delivered') return log.info('second channel: message delivered', facts)
    const failure = { ...facts, problem: attempt.problem, answer: attempt.answer }
    if (attempt.kind === 'failed') log.warn('second channel: message not delivered, retrying', failure)
    else log.error('second channel: message given up', failure)
  }
}

function tooOld(attempt: Extract<Attempt, { kind: 'failed' | 'given-up' }>): Attempt {
  return { ...attempt, kind: 'given-up', problem: `Not delivered within ${giveUpAfterHours} hours. ${attempt.problem}` }
}
