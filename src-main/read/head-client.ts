import type { MessagePort } from 'node:worker_threads'
import { CallError } from '../threads/call-error.ts'
import { ThreadClient } from '../threads/thread-client.ts'
import type { Log } from '#shared/log.ts'
import type { HeadCalls, HeadCopy } from '../threads/read-calls.ts'

/**
 * The newest records of a node, which only the data thread has. Without it there is no answer: a chart that silently
 * ends some minutes ago would look as if the node had stopped.
 */
export class HeadClient {
  readonly #log: Log
  #data: ThreadClient<HeadCalls> | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** The data thread was started, or started again. */
  connect(port: MessagePort): void {
    this.#data = new ThreadClient(port, 'data thread', this.#log)
  }

  async head(nodeId: string): Promise<HeadCopy | null> {
    if (this.#data) return this.#data.call('head.get', { nodeId })
    throw new CallError('unavailable', 'ReMo is still opening the local cache. Try again in a few seconds.')
  }
}
