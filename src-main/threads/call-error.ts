import type { ErrorCode, IpcFailure } from '#shared/ipc/contract.ts'

/** A failed call. `message` is for the operator: what is wrong, why, and what to do. */
export class CallError extends Error {
  override readonly name: string = 'CallError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The thread of the call has stopped. Its supervisor restarts it; the caller may repeat the call. */
export class ThreadDied extends CallError {
  override readonly name: string = 'ThreadDied'

  constructor(thread: string, options?: ErrorOptions) {
    super('unavailable', `The ${thread} stopped and is restarting. Try again in a few seconds.`, options)
  }
}

/** The failure as the caller receives it. The text of an unexpected error only goes to the log of the failing side. */
export function ipcFailureOf(error: unknown): IpcFailure {
  if (error instanceof CallError) return { code: error.code, message: error.message }
  return { code: 'failed', message: 'ReMo could not do this because of an internal error. See the log for details.' }
}
