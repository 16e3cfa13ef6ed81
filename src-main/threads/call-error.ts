import type { ErrorCode, IpcFailure } from '#shared/ipc/contract.ts'

/** A call that cannot be answered. `message` is one sentence for the operator: what, why, what to do. */
export class CallError extends Error {
  override readonly name: string = 'CallError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The thread that should have answered is gone. It is restarted by its supervisor; the call may be made again. */
export class ThreadDied extends CallError {
  override readonly name: string = 'ThreadDied'

  constructor(thread: string, options?: ErrorOptions) {
    super('unavailable', `The ${thread} stopped and is restarting. Try again in a few seconds.`, options)
  }
}

/** What crosses to the caller. The text of an unexpected error stays in the log of the side that failed. */
export function ipcFailureOf(error: unknown): IpcFailure {
  if (error instanceof CallError) return { code: error.code, message: error.message }
  return { code: 'failed', message: 'ReMo could not do this because of an internal error. See the log for details.' }
}
