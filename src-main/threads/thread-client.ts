import { CallError, ThreadDied } from './call-error.ts'
import type { Log } from '#shared/log.ts'
import type { CallMap, FromThread, ReplyMessage, ReplyOf, RequestOf } from './protocol.ts'
import type { ThreadPort } from './thread-port.ts'

/** Longer calls are logged. */
const slowMs = 1000

interface PendingCall {
  readonly call: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The calling side of a port. When the other side stops (worker `error` or `exit`, port `close`), every pending call
 * and every later one rejects with `ThreadDied`, so no caller waits forever.
 */
export class ThreadClient<C extends CallMap<C>, E = Record<never, never>> {
  readonly #port: ThreadPort
  readonly #name: string
  readonly #log: Log
  readonly #pending = new Map<number, PendingCall>()
  readonly #listeners = new Map<string, Set<(payload: never) => void>>()
  readonly #ready = new Set<() => void>()
  #seq = 0
  #died: ThreadDied | null = null

  /** `name`: for the operator, when the thread stops: "data thread". */
  constructor(port: ThreadPort, name: string, log: Log) {
    this.#port = port
    this.#name = name
    this.#log = log
    port.on('message', (message) => this.#receive(message as FromThread))
    port.on('error', (cause) => this.#end(cause))
    port.on('exit', (code) => this.#end(new Error(`exit code ${String(code)}`)))
    port.on('close', () => this.#end(new Error('port closed')))
  }

  /** Rejects with the `CallError` of the handler, and with `ThreadDied` after the other side stopped. */
  call<K extends keyof C & string>(call: K, args: RequestOf<C, K>): Promise<ReplyOf<C, K>> {
    if (this.#died) return Promise.reject(this.#died)
    const seq = ++this.#seq
    return new Promise((resolve, reject) => {
      this.#pending.set(seq, { call, resolve: resolve as (value: unknown) => void, reject })
      this.#port.postMessage({ seq, call, args })
    })
  }

  /** @returns the function that unsubscribes */
  on<K extends keyof E & string>(event: K, listener: (payload: E[K]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    return () => {
      listeners.delete(listener)
    }
  }

  /** Called when the other side accepts calls. */
  onReady(listener: () => void): void {
    this.#ready.add(listener)
  }

  #receive(message: FromThread): void {
    if ('seq' in message) this.#settle(message)
    else if ('event' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.payload as never)
    } else if ('log' in message) this.#log[message.log.level](message.log.message, message.log.fields)
    else for (const listener of this.#ready) listener()
  }

  #settle(message: ReplyMessage): void {
    const pending = this.#pending.get(message.seq)
    if (!pending) return
    this.#pending.delete(message.seq)
    if (message.ms > slowMs) this.#log.warn('slow call', { call: pending.call, ms: Math.round(message.ms) })
    if (message.ok) pending.resolve(message.value)
    else pending.reject(new CallError(message.error.code, message.error.message))
  }

  #end(cause: unknown): void {
    if (this.#died) return
    this.#died = new ThreadDied(this.#name, { cause })
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(this.#died)
  }
}
