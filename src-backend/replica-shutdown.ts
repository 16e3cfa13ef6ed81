import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'

export interface ShutdownDeps {
  readonly life: Lifetime
  /** Aborted when the shutdown begins. */
  readonly stopping: AbortController
  /** After this time the process exits in any case. */
  readonly withinMs: number
  readonly exit: (code: number) => void
  readonly log: Log
}

/**
 * Stops everything once, in the reverse order of its start, whatever requests it. Then the process exits with the code
 * of the first request.
 */
export function replicaShutdown({
  life,
  stopping,
  withinMs,
  exit,
  log,
}: ShutdownDeps): (why: string, code: number) => void {
  return (why, code) => {
    if (stopping.signal.aborted) return
    stopping.abort()
    log.info('stopping', { why })
    const force = setTimeout(() => {
      log.error('shutdown took too long', { withinMs })
      exit(1)
    }, withinMs)
    void life.end().then(() => {
      clearTimeout(force)
      exit(code)
    })
  }
}
