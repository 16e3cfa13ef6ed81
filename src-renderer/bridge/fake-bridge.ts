import { calls, type Call, type Push } from '#shared/ipc/channels.ts'
import type { ErrorCode, PushOf, Reply, Request, Result } from '#shared/ipc/contract.ts'
import type { Bridge } from './bridge.ts'

type Replies = { [C in Call]?: (request: Request<C>) => Result<Reply<C>> | Promise<Result<Reply<C>>> }

export const okReply = <T>(value: T): Result<T> => ({ ok: true, value })
export const failureReply = (code: ErrorCode, message: string): Result<never> => ({
  ok: false,
  error: { code, message },
})

/** Replaces the main process in tests and the preview: fixed replies, recorded requests, pushes on demand. */
export class FakeBridge {
  readonly requests: Array<{ readonly call: Call; readonly request: unknown }> = []
  readonly replies: Replies
  readonly api: Bridge
  readonly #listeners = new Map<Push, Set<(payload: never) => void>>()

  constructor(replies: Replies = {}) {
    this.replies = replies
    const on: Bridge['on'] = (push, listener) => {
      const listeners = this.#listeners.get(push) ?? new Set()
      this.#listeners.set(push, listeners.add(listener))
      return () => listeners.delete(listener)
    }
    const ask = (call: Call) => (request: never) => {
      this.requests.push({ call, request })
      const found = this.replies[call] as ((request: never) => Result<unknown>) | undefined
      return Promise.resolve(found ? found(request) : failureReply('unavailable', `${call} has no answer here.`))
    }
    // The types of the calls meet only here, as in the preload.
    this.api = { ...Object.fromEntries(calls.map((call) => [call, ask(call)])), on } as unknown as Bridge
  }

  push<P extends Push>(push: P, payload: PushOf<P>): void {
    for (const listener of this.#listeners.get(push) ?? []) listener(payload as never)
  }
}
