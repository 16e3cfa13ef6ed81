import type { MessagePort } from 'node:worker_threads'
import type { IpcFailure } from '#shared/ipc/contract.ts'
import type { LogLine } from './thread-log.ts'

/** A set of calls: an interface whose members are `(request) => reply`. */
export type CallMap<C> = { [K in keyof C]: (request: never) => unknown }
export type RequestOf<C extends CallMap<C>, K extends keyof C> = Parameters<C[K]>[0]
export type ReplyOf<C extends CallMap<C>, K extends keyof C> = Awaited<ReturnType<C[K]>>
export type ThreadHandlers<C extends CallMap<C>> = {
  readonly [K in keyof C]: (request: RequestOf<C, K>) => ReplyOf<C, K> | Promise<ReplyOf<C, K>>
}

/**
 * Every message between two threads. `ms`: duration of the handler. `port`: one end of a channel to a third thread.
 * `stop`: asks the thread to stop.
 */
export type CallMessage = { readonly seq: number; readonly call: string; readonly args: unknown }
export type ReplyMessage = { readonly seq: number; readonly ms: number } & (
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: IpcFailure }
)
type EventMessage = { readonly event: string; readonly payload: unknown }
type LogMessage = { readonly log: LogLine }
type ReadyMessage = { readonly ready: true }
type PortMessage = { readonly port: MessagePort; readonly purpose: string }
type StopMessage = { readonly stop: true }

export type ToThread = CallMessage | PortMessage | StopMessage
export type FromThread = ReplyMessage | EventMessage | LogMessage | ReadyMessage
