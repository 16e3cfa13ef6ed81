import { ipcCalls, type IpcCall, type IpcPush } from '#shared/ipc/channels.ts'
import type { ErrorCode, IpcPushOf, IpcReply, IpcRequest, IpcResult } from '#shared/ipc/contract.ts'
import type { Bridge } from './bridge.ts'

type Replies = { [C in IpcCall]?: (request: IpcRequest<C>) => IpcResult<IpcReply<C>> | Promise<IpcResult<IpcReply<C>>> }

export const okReply = <T>(value: T): IpcResult<T> => ({ ok: true, value })
export const failureReply = (code: ErrorCode, message: string): IpcResult<never> => ({
  ok: false,
  error: { code, message },
})

/** Replaces the main process in tests and the preview: fixed replies, recorded requests, pushes on demand. */
export class FakeBridge {
  readonly requests: Array<{ readonly call: IpcCall; readonly request: unknown }> = []
  readonly replies: Replies
  readonly api: Bridge
  readonly #listeners = new Map<IpcPush, Set<(payload: never) => void>>()

  constructor(replies: Replies = {}) {
    this.replies = replies
    const on: Bridge['on'] = (push, listener) => {
      const listeners = this.#listeners.get(push) ?? new Set()
      this.#listeners.set(push, listeners.add(listener))
      return () => listeners.delete(listener)
    }
    const ask = (call: IpcCall) => (request: never) => {
      this.requests.push({ call, request })
      const found = this.replies[call] as ((request: never) => IpcResult<unknown>) | undefined
      return Promise.resolve(found ? found(request) : failureReply('unavailable', `${call} has no answer here.`))
    }
    // The types of the calls meet only here, as in the preload.
    this.api = { ...Object.fromEntries(ipcCalls.map((call) => [call, ask(call)])), on } as unknown as Bridge
  }

  push<P extends IpcPush>(push: P, payload: IpcPushOf<P>): void {
    for (const listener of this.#listeners.get(push) ?? []) listener(payload as never)
  }
}
