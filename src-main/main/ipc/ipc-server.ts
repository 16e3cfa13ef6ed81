import { ipcMain } from 'electron'
import { ipcCalls } from '#shared/ipc/channels.ts'
import type { IpcFailure, IpcHandlers } from '#shared/ipc/contract.ts'
import type { Log, LogLevel } from '#shared/log.ts'
import { CallError } from '../../threads/call-error.ts'
import { isTrustedFrame } from '../windows/page-security.ts'
import { handleIpcCall } from './handle-ipc-call.ts'

export interface IpcServerDeps {
  readonly handlers: IpcHandlers
  /** Origins of our own page: one, and the development server's while developing. */
  readonly origins: readonly string[]
  readonly log: Log
  /** See `handleIpcCall`: not in a packaged app. */
  readonly checksReplies: boolean
}

/** What an operator or the state of the stream brings about is no error of ours; a request that reached no handler is. */
function levelOf({ code }: IpcFailure, cause: unknown): LogLevel {
  return cause instanceof CallError && code !== 'failed' ? 'debug' : 'error'
}

/** The only file that names `ipcMain`. Answers every call of the contract; returns what ends that. */
export function serveIpc({ handlers, origins, log, checksReplies }: IpcServerDeps): () => void {
  for (const call of ipcCalls) {
    ipcMain.handle(call, (event, raw: unknown) => {
      const incoming = { call, raw, ours: isTrustedFrame(event.senderFrame, origins), checksReply: checksReplies }
      return handleIpcCall(incoming, handlers, (failure, cause) =>
        log[levelOf(failure, cause)]('call refused', { call, code: failure.code, detail: failure.message, cause }),
      )
    })
  }
  return () => ipcCalls.forEach((call) => ipcMain.removeHandler(call))
}
