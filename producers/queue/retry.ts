import type { Log } from '#shared/log.ts'
import { wait } from '../wait.ts'
import { StaleBatchesError } from '../../src-kafka/produce/destination.ts'
import { isRefusedCredentials, failureReason } from '../../src-kafka/client/kafka-failure.ts'

const everyMs = 1_000
/** A wrong password every second locks accounts. */
const afterRefusedCredentialsMs = 60_000
const printEveryMs = 60_000

export interface RetryDeps {
  readonly log: Log
  readonly now: () => number
  /** Number of queued records, for the log line. */
  readonly waiting: () => number
}

/** Retries forever, every second. Logs the first failure, then at most one line a minute, then the recovery. */
export class Retry {
  readonly #deps: RetryDeps
  #failedSince: number | undefined
  #attempts = 0
  #printedAt = -Infinity

  constructor(deps: RetryDeps) {
    this.#deps = deps
  }

  /**
   * @param attempt may run several times; must do no harm if an earlier run succeeded unnoticed
   * @throws StaleBatchesError immediately, if `attempt` throws it
   */
  async untilDone<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await attempt()
        this.#recovered()
        return result
      } catch (error) {
        if (error instanceof StaleBatchesError) throw error
        this.#failed(error)
        await wait(isRefusedCredentials(error) ? afterRefusedCredentialsMs : everyMs)
      }
    }
  }

  #failed(error: unknown): void {
    const now = this.#deps.now()
    this.#failedSince ??= now
    this.#attempts++
    if (now - this.#printedAt < printEveryMs) return
    this.#printedAt = now
    const fields = { attempts: this.#attempts, waiting: this.#deps.waiting(), reason: failureReason(error) }
    this.#deps.log.warn('Kafka does not take records, trying on', fields)
  }

  #recovered(): void {
    if (this.#failedSince === undefined) return
    const seconds = Math.round((this.#deps.now() - this.#failedSince) / 1000)
    this.#deps.log.info('Kafka takes records again', { after: `${seconds}s`, waiting: this.#deps.waiting() })
    this.#failedSince = undefined
    this.#attempts = 0
  }
}
