import { apiError } from './problem.ts'

/** Limits simultaneous work: `atOnce` calls run, `waiting` calls queue, further calls are refused. */
interface ConcurrencyLimit {
  /**
   * @param aborted the caller no longer wants the result: the call leaves the queue, so that no work is done for nobody
   * @throws ApiError `too_many_requests` if the queue is full; the reason of `aborted` if it aborts before the call's
   *   turn
   */
  run<T>(work: () => Promise<T>, aborted?: AbortSignal): Promise<T>
  readonly isIdle: boolean
}

interface QueueSize {
  readonly atOnce: number
  readonly waiting: number
  /** Problem text for refused calls: one sentence. */
  readonly full: string
}

export function concurrencyLimit({ atOnce, waiting, full }: QueueSize): ConcurrencyLimit {
  const turns: Array<() => void> = []
  let running = 0

  async function enter(aborted: AbortSignal | undefined): Promise<void> {
    aborted?.throwIfAborted()
    if (running < atOnce) {
      running += 1
      return
    }
    if (turns.length >= waiting) {
      throw apiError('too_many_requests', `${full} Try again in a second.`, { retryAfterSeconds: 1 })
    }
    await waitForTurn(aborted)
  }

  function waitForTurn(aborted: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        aborted?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        turns.splice(turns.indexOf(start), 1)
        reject(aborted?.reason as Error)
      }
      turns.push(start)
      aborted?.addEventListener('abort', giveUp, { once: true })
    })
  }

  function leave(): void {
    const next = turns.shift()
    // The place passes directly to the next call, so that no other call takes it.
    if (next) next()
    else running -= 1
  }

  return {
    async run(work, aborted) {
      await enter(aborted)
      try {
        return await work()
      } finally {
        leave()
      }
    },
    get isIdle() {
      return running === 0
    },
  }
}

/** One queue per key, deleted when it is empty. */
export function concurrencyLimitPerKey(size: QueueSize): (key: string) => Pick<ConcurrencyLimit, 'run'> {
  const limits = new Map<string, ConcurrencyLimit>()
  return (key) => ({
    async run(work, aborted) {
      const limit = limits.get(key) ?? concurrencyLimit(size)
      limits.set(key, limit)
      try {
        return await limit.run(work, aborted)
      } finally {
        if (limit.isIdle) limits.delete(key)
      }
    },
  })
}

/**
 * Limits simultaneous streams. A stream holds a connection to PostgreSQL for minutes, and other requests need some too.
 */
export class StreamLimit {
  readonly #name: string
  readonly #limit: number
  #taken = 0

  constructor(name: string, limit: number) {
    this.#name = name
    this.#limit = limit
  }

  /**
   * Held until `until` aborts: the client is gone or has its response.
   * @throws ApiError `too_many_requests`
   */
  acquire(until: AbortSignal): void {
    if (until.aborted) return // nobody reads this stream: it ends without a place
    if (this.#taken >= this.#limit) {
      const detail = `${this.#limit} ${this.#name} are already running. Try again later.`
      throw apiError('too_many_requests', detail, { retryAfterSeconds: 10 })
    }
    this.#taken += 1
    until.addEventListener('abort', () => (this.#taken -= 1), { once: true })
  }
}
