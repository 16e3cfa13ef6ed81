import { calls, type Call, type Push } from '#shared/ipc/channels.ts'
import type { ErrorCode, PushOf, Reply, Request, Result } from '#shared/ipc/contract.ts'
import type { Bridge } from './bridge.ts'

type Answers = { [C in Call]?: (request: Request<C>) => Result<Reply<C>> | Promise<Result<Reply<C>>> }

export const answer = <T>(value: T): Result<T> => ({ ok: true, value })
export const refusal = (code: ErrorCode, message: string): Result<never> => ({ ok: false, error: { code, message } })

/** The seam to the main process for tests and the preview: answers as told, remembers what was asked, pushes at will. */
export class FakeBridge {
  readonly asked: Array<{ readonly call: Call; readonly request: unknown }> = []
  readonly answers: Answers
  readonly api: Bridge
  readonly #listeners = new Map<Push, Set<(payload: never) => void>>()

  constructor(answers: Answers = {}) {
    this.answers = answers
    const on: Bridge['on'] = (push, listener) => {
      const listeners = this.#listeners.get(push) ?? new Set()
      this.#listeners.set(push, listeners.add(listener))
      return () => listeners.delete(listener)
    }
    const ask = (call: Call) => async (request: never) => {
      this.asked.push({ call, request })
      const found = this.answers[call] as ((request: never) => Result<unknown>) | undefined
      return found ? found(request) : refusal('unavailable', `${call} has no answer here.`)
    }
    // The types of the calls meet here only, as in the preload.
    this.api = { ...Object.fromEntries(calls.map((call) => [call, ask(call)])), on } as unknown as Bridge
  }

  push<P extends Push>(push: P, payload: PushOf<P>): void {
    for (const listener of this.#listeners.get(push) ?? []) listener(payload as never)
  }
}
