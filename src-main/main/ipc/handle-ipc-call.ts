import { flatIssues } from '#shared/format/schema-message.ts'
import { tolerant } from '#shared/codec/tolerant.ts'
import type { IpcCall } from '#shared/ipc/channels.ts'
import { ipc } from '#shared/ipc/contract.ts'
import type { IpcFailure, IpcHandlers, IpcResult } from '#shared/ipc/contract.ts'
import { ipcFailureOf } from '../../threads/call-error.ts'

export interface IncomingCall {
  readonly call: IpcCall
  /** The unchecked request. */
  readonly raw: unknown
  /** The sender is the top frame of ReMo's page. */
  readonly ours: boolean
  /** Check replies against their schema: in development and tests. It costs too much in a packaged app. */
  readonly checksReply?: boolean
}

/**
 * Handles one call: checks sender and request, calls the handler, checks the reply. Never throws: the window gets a
 * code and one sentence, `onRefused` also the cause for the log.
 */
export async function handleIpcCall(
  { call, raw, ours, checksReply = false }: IncomingCall,
  handlers: IpcHandlers,
  onRefused: (failure: IpcFailure, cause: unknown) => void,
): Promise<IpcResult<unknown>> {
  const refuse = (error: IpcFailure, cause?: unknown): IpcResult<never> => {
    onRefused(error, cause)
    return { ok: false, error }
  }
  if (!ours) return refuse({ code: 'forbidden', message: 'Only the ReMo window can make this call.' })
  const request = ipc[call].request.safeParse(raw)
  if (!request.success) {
    return refuse({ code: 'bad-request', message: 'ReMo received an invalid request from its window.' }, request.error)
  }
  try {
    // TypeScript cannot relate a handler to the schema of the same name here.
    const value: unknown = await handlers[call](request.data as never)
    const problem = checksReply ? replyProblem(call, value) : undefined
    return problem === undefined ? { ok: true, value } : refuse({ code: 'failed', message: problem })
  } catch (cause) {
    return refuse(ipcFailureOf(cause), cause)
  }
}

/** Call, path in the reply and expected type. Keys that a newer backend added to a rule or an alert are allowed. */
function replyProblem(call: IpcCall, value: unknown): string | undefined {
  const reply = tolerant(ipc[call].reply, 'keep').safeParse(value)
  if (reply.success) return undefined
  const issues = flatIssues(reply.error.issues).map(
    ({ path, message }) => `${[call, ...path].map(String).join('.')}: ${message}`,
  )
  return `The reply does not fit the contract of its call. ${issues.join('; ')}`
}
