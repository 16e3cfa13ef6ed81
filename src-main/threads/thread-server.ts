import type { MessagePort } from 'node:worker_threads'
import { CallError, ipcFailureOf } from './call-error.ts'
import type { Log } from '#shared/log.ts'
import type { CallMap, CallMessage, FromThread, ThreadHandlers, ToThread } from './protocol.ts'
import type { ThreadPort } from './thread-port.ts'

/** The serving side of a port: what it can do besides answering. */
export interface ThreadServer<E> {
  /** Tells the other side. `transfer` moves buffers instead of copying them; they are empty here afterwards. */
  emit<K extends keyof E & string>(event: K, payload: E[K], transfer?: readonly ArrayBuffer[]): void
  /** Answers no more calls. */
  stop(): void
}

/**
 * Answers the calls that come in on `port` and says `ready`, so call it when everything that the handlers need is
 * there. Calls that came earlier were kept by the port. A `CallError` reaches the caller as it is, any other error
 * as code `failed`, with the stack in `log`.
 */
export function serveThread<C extends CallMap<C>, E = Record<never, never>>(
  port: ThreadPort,
  handlers: ThreadHandlers<C>,
  log: Log,
): ThreadServer<E> {
  const post = (message: FromThread, transfer?: readonly ArrayBuffer[]): void => port.postMessage(message, transfer)
  const receive = (raw: unknown): void => {
    const message = raw as ToThread
    if ('call' in message) void answer(message)
  }
  const answer = async (message: CallMessage): Promise<void> => {
    const started = performance.now()
    const ms = (): number => performance.now() - started
    try {
      const value = await handlerOf(handlers, message.call)(message.args)
      post({ seq: message.seq, ok: true, value, ms: ms() })
    } catch (error) {
      if (!(error instanceof CallError)) log.error('call failed', { call: message.call, cause: error })
      post({ seq: message.seq, ok: false, error: ipcFailureOf(error), ms: ms() })
    }
  }
  port.on('message', receive)
  post({ ready: true })
  return {
    emit: (event, payload, transfer) => post({ event, payload }, transfer),
    stop: () => {
      port.off('message', receive)
    },
  }
}

function handlerOf(handlers: object, call: string): (args: unknown) => unknown {
  const own = Object.hasOwn(handlers, call) ? (handlers as Record<string, (args: unknown) => unknown>)[call] : undefined
  if (!own) throw new CallError('bad-request', `There is no call named ${call}.`)
  return own
}

/** Receives ends of channels sent with `ThreadSupervisor.sendPort`. A new one replaces the old after a restart. */
export function onPort(port: ThreadPort, purpose: string, accept: (given: MessagePort) => void): void {
  port.on('message', (raw) => {
    const message = raw as ToThread
    if ('port' in message && message.purpose === purpose) accept(message.port)
  })
}

/** Runs `end` when the supervisor asks this worker to stop, then ends the worker. */
export function onStop(port: ThreadPort, end: () => Promise<void>): void {
  port.on('message', (raw) => {
    if ('stop' in (raw as ToThread)) void end().finally(() => process.exit(0))
  })
}
