import type { Log } from '#shared/log.ts'

/** Logs a failure instead of throwing. If the data thread stops during the call, its restart sends the state again. */
export function callInBackground(log: Log, call: string, reply: Promise<unknown>): void {
  reply.catch((cause: unknown) => log.info('call failed', { call, cause }))
}
