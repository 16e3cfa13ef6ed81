import { apiError } from './fail.ts'

/** Work that must not run all at once: some of it runs, some of it waits its turn, what comes on top is refused. */
export interface Line {
  /**
   * @param gone who asked does not want it any more: it leaves the line, else a slow hour would be spent on nobody
   * @throws ApiError `too_many_requests` when the line is full; the reason of `gone` when that came before its turn
   */
  run<T>(work: () => Promise<T>, gone?: AbortSignal): Promise<T>
  readonly isIdle: boolean
}

export interface LineSize {
  readonly atOnce: number
  readonly waiting: number
  /** What those hear who come on top: one sentence. */
  readonly full: string
}

export function makeLine({ atOnce, waiting, full }: LineSize): Line {
  const turns: Array<() => void> = []
  let running = 0

  async function enter(gone: AbortSignal | undefined): Promise<void> {
    gone?.throwIfAborted()
    if (running < atOnce) {
      running += 1
      return
    }
    if (turns.length >= waiting) {
      throw apiError('too_many_requests', `${full} Try again in a second.`, { retryAfterSeconds: 1 })
    }
    await turn(gone)
  }

  function turn(gone: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (): void => {
        gone?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        turns.splice(turns.indexOf(give), 1)
        reject(gone?.reason as Error)
      }
      turns.push(give)
      gone?.addEventListener('abort', giveUp, { once: true })
    })
  }

  function leave(): void {
    const next = turns.shift()
    // The place is handed on, so that nobody slips in between.
    if (next) next()
    else running -= 1
  }

  return {
    async run(work, gone) {
      await enter(gone)
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
export function makeLines(size: LineSize): (key: string) => Pick<Line, 'run'> {
  const lines = new Map<string, Line>()
  return (key) => ({
    async run(work, gone) {
      const line = lines.get(key) ?? makeLine(size)
      lines.set(key, line)
      try {
        return await line.run(work, gone)
      } finally {
        if (line.isIdle) lines.delete(key)
      }
    },
  })
}
