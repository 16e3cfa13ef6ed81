/**
 * The user's wish to end, by Ctrl+C or SIGTERM. The first one counts: a terminal and npm may both deliver it, and what
 * is being stopped in order must not be interrupted by the second.
 */
export interface StopRequest {
  readonly signal: AbortSignal
  /** The exit code that is due: 128 + the signal's number. Settles when the user asks. */
  readonly asked: Promise<number>
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export function listenForStop(): StopRequest {
  const controller = new AbortController()
  const asked = new Promise<number>((resolve) => {
    for (const [name, exitCode] of Object.entries(signals)) {
      process.on(name, () => {
        resolve(exitCode)
        controller.abort()
      })
    }
  })
  return { signal: controller.signal, asked }
}
