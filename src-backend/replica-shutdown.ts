import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'

export interface EnderDeps {
  readonly life: Lifetime
  /** Aborted as the end begins. */
  readonly gone: AbortController
  /** After it the process goes as it is. */
  readonly withinMs: number
  readonly exit: (code: number) => void
  readonly log: Log
}

/** Ends everything once, in the reverse order of its start, whoever asks; then the process, with the first one's code. */
export function replicaShutdown({
  life,
  gone: stopSignal,
  withinMs,
  exit,
  log,
}: EnderDeps): (why: string, code: number) => void {
  return (why, code) => {
    if (stopSignal.signal.aborted) return
    stopSignal.abort()
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
