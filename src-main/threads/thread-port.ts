import type { MessagePort } from 'node:worker_threads'

/** The common part of a Worker, its `parentPort` and a MessagePort. */
export interface ThreadPort {
  postMessage(message: unknown, transfer?: ReadonlyArray<ArrayBuffer | MessagePort>): void
  on(event: string, listener: (payload: unknown) => void): unknown
  off(event: string, listener: (payload: unknown) => void): unknown
}
