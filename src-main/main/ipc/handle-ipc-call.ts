import { tolerant } from '#shared/codec/tolerant.ts'
import type { IpcCall } from '#shared/ipc/channels.ts'
import { ipc } from '#shared/ipc/contract.ts'
import type { IpcFailure, IpcHandlers, IpcResult } from '#shared/ipc/contract.ts'
import { ipcFailureOf } from '../../threads/call-error.ts'

export interface IncomingCall {
  readonly call: IpcCall
  /** What the window sent: anything at all. */
  readonly raw: unknown
  /** Whether the sender is the top frame of our own page. */
  readonly ours: boolean
  /** Whether a reply that does not fit its schema is an error: in development and tests, where its time is no matter. */
  readonly checksReply?: boolean
}

/**
 * Answers one call: sender, schema, handler, reply, and nothing thrown across. `onRefused` hears what was not answered, with
 * the cause for the log; the window gets a code and one sentence.
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
    // The handler's type and the schema of the same name meet only here, at run time.
    const value: unknown = await handlers[call](request.data as never)
    const problem = checksReply ? replyProblem(call, value) : undefined
    return problem === undefined ? { ok: true, value } : refuse({ code: 'failed', message: problem })
  } catch (cause) {
    return refuse(ipcFailureOf(cause), cause)
  }
}

/** Call, path in the reply and what was expected. Keys that a newer backend added to a rule or an alert are fine. */
function replyProblem(call: IpcCall, value: unknown): string | undefined {
  const reply = tolerant(ipc[call].reply, 'keep').safeParse(value)
  if (reply.success) return undefined
  const issues = reply.error.issues.map(({ path, message }) => `${[call, ...path].map(String).join('.')}: ${message}`)
  return `The reply does not fit the contract of its call. ${issues.join('; ')}`
}
