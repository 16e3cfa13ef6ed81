import { app, dialog } from 'electron'
import type { Lifetime } from '#shared/lifetime.ts'
import type { Log } from '#shared/log.ts'

export interface ShutdownDeps {
  readonly life: Lifetime
  readonly log: Log
  readonly flush: () => Promise<void>
}

/** The app exits after this time even if a step hangs. Each step has a shorter limit. */
const limitMs = 15_000
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Stops the app in order, once: on quit, on a signal, after a crash. */
export class Shutdown {
  readonly #deps: ShutdownDeps
  #ending: Promise<void> | null = null
  #last: ((code: number) => Promise<void>) | null = null

  constructor(deps: ShutdownDeps) {
    this.#deps = deps
    app.on('before-quit', (event) => {
      event.preventDefault()
      void this.run(0)
    })
  }

  /** Call it when the app is ready: Electron's own handlers, installed before, would replace these. */
  handleSignals(): void {
    for (const [signal, code] of Object.entries(exitCodes)) {
      process.on(signal as keyof typeof exitCodes, () => void this.run(code))
    }
  }

  /** The last step before the process exits, after all components have stopped. */
  atLast(step: (code: number) => Promise<void>): void {
    this.#last = step
  }

  /** Stops all components in reverse order and exits with `code`. The first caller decides the code. */
  run(code: number): Promise<void> {
    this.#ending ??= this.#end(code)
    return this.#ending
  }

  async #end(code: number): Promise<void> {
    const { life, log, flush } = this.#deps
    log.info('stopping', { code })
    // At logout all processes get the signal together. The browser process must not abort when its GPU process exits.
    app.commandLine.appendSwitch('disable-gpu-process-crash-limit')
    const late = setTimeout(() => {
      log.error('shutdown took too long', { limitMs })
      app.exit(code || 1)
    }, limitMs)
    await life.end()
    await this.#last?.(code)
    log.info('stopped', { code })
    await flush()
    clearTimeout(late)
    app.exit(code)
  }
}

/** Logs an unhandled exception and asks the operator whether to restart or quit: the state may be inconsistent. */
export function reportCrashes(log: Log, end: Shutdown): void {
  let isAsking = false
  const report = (cause: unknown): void => {
    log.error('unhandled exception', { cause })
    if (isAsking) return
    isAsking = true
    void askRestart(cause).then((restart) => {
      if (restart) app.relaunch()
      return end.run(1)
    })
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}

async function askRestart(cause: unknown): Promise<boolean> {
  if (!app.isReady()) return false
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'ReMo',
    message: 'ReMo stopped because of an unexpected error.',
    detail: `${cause instanceof Error ? cause.message : String(cause)}\n\nDetails are in the log. Nothing is lost: after a restart, ReMo resumes where it stopped.`,
    buttons: ['Restart', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  })
  return response === 0
}
