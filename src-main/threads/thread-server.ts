import type { MessagePort } from 'node:worker_threads'
import { CallError, ipcFailureOf } from './call-error.ts'
import type { Log } from '#shared/log.ts'
import type { CallMap, CallMessage, FromThread, ThreadHandlers, ToThread } from './protocol.ts'
import type { ThreadPort } from './thread-port.ts'

/** The serving side of a port. */
export interface ThreadServer<E> {
  /** Sends an event. `transfer` moves buffers instead of copying them; they are empty on this side afterwards. */
  emit<K extends keyof E & string>(event: K, payload: E[K], transfer?: readonly ArrayBuffer[]): void
  /** Stops answering calls. */
  stop(): void
}

/**
 * Answers the calls on `port` and posts `ready`, so call it when the handlers can work. The port keeps earlier calls.
 * A `CallError` reaches the caller unchanged, any other error as code `failed`, with its stack in `log`.
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

/** Receives the ports of `ThreadSupervisor.sendPort`. After a restart a new port replaces the old one. */
export function onPort(port: ThreadPort, purpose: string, accept: (given: MessagePort) => void): void {
  port.on('message', (raw) => {
    const message = raw as ToThread
    if ('port' in message && message.purpose === purpose) accept(message.port)
  })
}

/** Runs `end` when the supervisor asks this worker to stop, then exits. */
export function onStop(port: ThreadPort, end: () => Promise<void>): void {
  port.on('message', (raw) => {
    if ('stop' in (raw as ToThread)) void end().finally(() => process.exit(0))
  })
}
