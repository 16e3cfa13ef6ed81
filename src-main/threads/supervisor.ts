import type { MessagePort } from 'node:worker_threads'
import { ThreadDied } from './call-error.ts'
import { ThreadClient } from './thread-client.ts'
import type { Log } from '#shared/log.ts'
import type { CallMap, ReplyOf, RequestOf } from './protocol.ts'
import type { ThreadPort } from './thread-port.ts'

/** The part of `Worker` (node:worker_threads) that the supervisor uses. */
export interface ThreadWorker extends ThreadPort {
  terminate(): Promise<number>
}

/** `down`: it failed with `detail` and restarts at `retryAt`. Times are epoch ms. */
export type ThreadState =
  | { readonly kind: 'starting'; readonly since: number }
  | { readonly kind: 'running'; readonly since: number }
  | { readonly kind: 'down'; readonly since: number; readonly detail: string; readonly retryAt: number }
  | { readonly kind: 'stopped' }

export interface SupervisorDeps {
  /** For texts to the operator: "data thread". */
  readonly name: string
  readonly log: Log
  readonly now: () => number
  readonly spawn: () => ThreadWorker
}

const firstDelayMs = 1000
const longestDelayMs = 30_000
/** After a run of this length, the next restart has the shortest delay again. */
const wellAfterMs = 60_000

/**
 * Keeps one thread running: restarts it with growing delay when it fails, and reports its state. Listeners stay across
 * restarts. A call during `down` rejects immediately with `ThreadDied`; a call during `starting` waits.
 */
export class ThreadSupervisor<C extends CallMap<C>, E = Record<never, never>> {
  readonly #deps: SupervisorDeps
  readonly #stateListeners = new Set<(state: ThreadState) => void>()
  readonly #events: Array<{ readonly event: string; readonly listener: (payload: never) => void }> = []
  #state: ThreadState = { kind: 'stopped' }
  #worker: ThreadWorker | null = null
  #client: ThreadClient<C, E> | null = null
  #exited: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | undefined
  #delayMs = firstDelayMs

  constructor(deps: SupervisorDeps) {
    this.#deps = deps
  }

  get state(): ThreadState {
    return this.#state
  }

  start(): void {
    if (this.#worker || this.#retry) return
    this.#spawn()
  }

  call<K extends keyof C & string>(call: K, args: RequestOf<C, K>): Promise<ReplyOf<C, K>> {
    return this.#client ? this.#client.call(call, args) : Promise.reject(new ThreadDied(this.#deps.name))
  }

  /** Listens to the event of this worker and all later ones. Lasts as long as the supervisor. */
  on<K extends keyof E & string>(event: K, listener: (payload: E[K]) => void): void {
    this.#events.push({ event, listener })
    this.#client?.on(event, listener)
  }

  onState(listener: (state: ThreadState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** Sends one end of a channel to the worker, which receives it with `onPort`. Lost when the worker fails. */
  sendPort(purpose: string, port: MessagePort): void {
    this.#worker?.postMessage({ port, purpose }, [port])
  }

  /** Asks the worker to stop, and terminates it after `limitMs`. Resolves after its exit. */
  async stop(limitMs: number): Promise<void> {
    clearTimeout(this.#retry)
    this.#retry = undefined
    const worker = this.#worker
    this.#become({ kind: 'stopped' })
    if (!worker) return
    worker.postMessage({ stop: true })
    const late = setTimeout(() => {
      this.#deps.log.warn('thread did not stop in time', { thread: this.#deps.name, limitMs })
      void worker.terminate()
    }, limitMs)
    await this.#exited
    clearTimeout(late)
  }

  #spawn(): void {
    this.#retry = undefined
    const startedAt = this.#deps.now()
    this.#become({ kind: 'starting', since: startedAt })
    const worker = this.#deps.spawn()
    const client = new ThreadClient<C, E>(worker, this.#deps.name, this.#deps.log)
    for (const { event, listener } of this.#events) client.on(event as keyof E & string, listener as () => void)
    this.#worker = worker
    this.#client = client
    client.onReady(() => {
      if (this.#state.kind === 'starting') this.#become({ kind: 'running', since: this.#deps.now() })
    })
    let failure: unknown
    worker.on('error', (error) => {
      failure = error
      this.#deps.log.error('thread failed', { thread: this.#deps.name, cause: error })
    })
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#gone(failure ?? new Error(`it ended with code ${String(code)}`), startedAt)
        resolve()
      })
    })
  }

  #gone(failure: unknown, startedAt: number): void {
    this.#worker = null
    this.#client = null
    if (this.#state.kind === 'stopped') return
    const now = this.#deps.now()
    if (now - startedAt >= wellAfterMs) this.#delayMs = firstDelayMs
    const detail = failure instanceof Error ? failure.message : String(failure)
    this.#deps.log.warn('restarting thread', { thread: this.#deps.name, delayMs: this.#delayMs, detail })
    this.#retry = setTimeout(() => this.#spawn(), this.#delayMs)
    this.#become({ kind: 'down', since: now, detail, retryAt: now + this.#delayMs })
    this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs)
  }

  #become(state: ThreadState): void {
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }
}
