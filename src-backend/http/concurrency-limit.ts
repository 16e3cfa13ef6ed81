import { apiError } from './problem.ts'

/** Work that must not run all at once: some of it runs, some of it waits its turn, what comes on top is refused. */
interface ConcurrencyLimit {
  /**
   * @param aborted who asked does not want it any more: it leaves the line, else a slow hour would be spent on nobody
   * @throws ApiError `too_many_requests` when the line is full; the reason of `aborted` when that came before its turn
   */
  run<T>(work: () => Promise<T>, aborted?: AbortSignal): Promise<T>
  readonly isIdle: boolean
}

interface QueueSize {
  readonly atOnce: number
  readonly waiting: number
  /** What those hear who come on top: one sentence. */
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
    // The place is handed on, so that nobody slips in between.
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

/** A line for each key, gone when nobody stands in it. */
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

/** So many at once and no more: what streams for minutes holds a connection to PostgreSQL, and others need some too. */
export class StreamLimit {
  readonly #name: string
  readonly #limit: number
  #taken = 0

  constructor(name: string, limit: number) {
    this.#name = name
    this.#limit = limit
  }

  /**
   * Until the client is gone or has its answer.
   * @throws ApiError `too_many_requests`
   */
  acquire(until: AbortSignal): void {
    if (until.aborted) return // what is read for nobody ends by itself
    if (this.#taken >= this.#limit) {
      const detail = `${this.#limit} ${this.#name} are already running. Try again later.`
      throw apiError('too_many_requests', detail, { retryAfterSeconds: 10 })
    }
    this.#taken += 1
    until.addEventListener('abort', () => (this.#taken -= 1), { once: true })
  }
}
