import { ipcMain } from 'electron'
import { ipcCalls } from '#shared/ipc/channels.ts'
import type { IpcFailure, IpcHandlers } from '#shared/ipc/contract.ts'
import type { Log, LogLevel } from '#shared/log.ts'
import { CallError } from '../../threads/call-error.ts'
import { isTrustedFrame } from '../windows/page-security.ts'
import { handleIpcCall } from './handle-ipc-call.ts'

export interface IpcServerDeps {
  readonly handlers: IpcHandlers
  /** Trusted origins: ReMo's page, and the development server in development. */
  readonly origins: readonly string[]
  readonly log: Log
  /** See `handleIpcCall`; `false` in a packaged app. */
  readonly checksReplies: boolean
}

/** Expected refusals are `debug`. A request that reached no handler, or an unexpected failure, is `error`. */
function levelOf({ code }: IpcFailure, cause: unknown): LogLevel {
  return cause instanceof CallError && code !== 'failed' ? 'debug' : 'error'
}

/** Serves every call of the contract. Only this file uses `ipcMain`. @returns stops serving */
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
