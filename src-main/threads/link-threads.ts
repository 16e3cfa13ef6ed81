import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { ThreadState } from './supervisor.ts'

/** The part of a supervisor that linking uses. */
export interface Linkable {
  readonly state: ThreadState
  onState(listener: (state: ThreadState) => void): () => void
  sendPort(purpose: string, port: MessagePort): void
}

/**
 * Connects two threads with a channel, and with a new one after each restart of either. Both receive their end with
 * `onPort(port, purpose, ...)`.
 */
export function linkThreads(a: Linkable, b: Linkable, purpose: string): void {
  const link = (): void => {
    if (a.state.kind !== 'running' || b.state.kind !== 'running') return
    const { port1, port2 } = new MessageChannel()
    a.sendPort(purpose, port1)
    b.sendPort(purpose, port2)
  }
  a.onState(link)
  b.onState(link)
}
