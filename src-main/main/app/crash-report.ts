import { app, dialog } from 'electron'
import type { Log } from '#shared/log.ts'
import type { Shutdown } from './shutdown.ts'

/** Nobody carries on after an unhandled exception: it is written down, and the operator decides how to begin anew. */
export function reportCrashes(log: Log, end: Shutdown): void {
  let asked = false
  const report = (cause: unknown): void => {
    log.error('unhandled exception', { cause })
    if (asked) return
    asked = true
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
