/**
 * The user's request to stop, through Ctrl+C or SIGTERM. Only the first one counts: the terminal and npm may both
 * deliver it, and the second must not interrupt an orderly stop.
 */
export interface StopRequest {
  readonly signal: AbortSignal
  /** Resolves on the request, with the exit code: 128 + the signal number. */
  readonly requested: Promise<number>
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export function listenForStop(): StopRequest {
  const controller = new AbortController()
  const requested = new Promise<number>((resolve) => {
    for (const [name, exitCode] of Object.entries(signals)) {
      process.on(name, () => {
        resolve(exitCode)
        controller.abort()
      })
    }
  })
  return { signal: controller.signal, requested }
}
