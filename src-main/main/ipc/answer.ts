import type { Call } from '#shared/ipc/channels.ts'
import { ipc } from '#shared/ipc/contract.ts'
import type { IpcFailure, Handlers, Result } from '#shared/ipc/contract.ts'
import { failureOf } from '../../threads/call-error.ts'

export interface Question {
  readonly call: Call
  /** What the window sent: anything at all. */
  readonly raw: unknown
  /** Whether the sender is the top frame of our own page. */
  readonly ours: boolean
}

/**
 * Answers one call: sender, schema, handler, and nothing thrown across. `onRefused` hears what was not answered, with
 * the cause for the log; the window gets a code and one sentence.
 */
export async function answer(
  { call, raw, ours }: Question,
  handlers: Handlers,
  onRefused: (failure: IpcFailure, cause: unknown) => void,
): Promise<Result<unknown>> {
  const refuse = (error: IpcFailure, cause?: unknown): Result<never> => {
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
    return { ok: true, value: await handlers[call](request.data as never) }
  } catch (cause) {
    return refuse(failureOf(cause), cause)
  }
}
