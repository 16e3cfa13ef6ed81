import type { MessagePort } from 'node:worker_threads'

/** What a Worker, the `parentPort` inside it and a MessagePort have in common. */
export interface ThreadPort {
  postMessage(message: unknown, transfer?: ReadonlyArray<ArrayBuffer | MessagePort>): void
  on(event: string, listener: (payload: unknown) => void): unknown
  off(event: string, listener: (payload: unknown) => void): unknown
}
