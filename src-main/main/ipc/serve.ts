import { ipcMain } from 'electron'
import { calls } from '#shared/ipc/channels.ts'
import type { ErrorCode, Handlers } from '#shared/ipc/contract.ts'
import type { Log, LogLevel } from '#shared/log.ts'
import { isOurFrame } from '../windows/origin.ts'
import { answer } from './answer.ts'

export interface ServeDeps {
  readonly handlers: Handlers
  /** Origins of our own page: one, and the development server's while developing. */
  readonly origins: readonly string[]
  readonly log: Log
}

/** What an operator or the state of the stream brings about is no error of ours. */
const levels: Readonly<Record<ErrorCode, LogLevel>> = {
  forbidden: 'error',
  'bad-request': 'error',
  failed: 'error',
  'not-found': 'debug',
  conflict: 'debug',
  unavailable: 'debug',
}

/** The only file that names `ipcMain`. Answers every call of the contract; returns what ends that. */
export function serveIpc({ handlers, origins, log }: ServeDeps): () => void {
  for (const call of calls) {
    ipcMain.handle(call, (event, raw: unknown) =>
      answer({ call, raw, ours: isOurFrame(event.senderFrame, origins) }, handlers, ({ code }, cause) =>
        log[levels[code]]('call refused', { call, code, cause }),
      ),
    )
  }
  return () => calls.forEach((call) => ipcMain.removeHandler(call))
}
