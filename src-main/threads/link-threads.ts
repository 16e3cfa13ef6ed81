import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { ThreadState } from './supervisor.ts'

/** What linking needs of a supervisor. */
export interface Linkable {
  readonly state: ThreadState
  onState(listener: (state: ThreadState) => void): () => void
  sendPort(purpose: string, port: MessagePort): void
}

/**
 * Joins two threads by a channel of their own, and by a new one whenever one of them was started again. Both receive
 * their end with `onPort(port, purpose, ...)`.
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
