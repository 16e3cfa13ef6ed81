import type { MessagePort } from 'node:worker_threads'
import { CallError } from '../threads/call-error.ts'
import { ThreadClient } from '../threads/thread-client.ts'
import type { Log } from '#shared/log.ts'
import type { HeadCalls, HeadCopy } from '../threads/read-calls.ts'

/**
 * Reads a node's newest records from the data thread. Without that thread, calls fail: a chart without these records
 * would look as if the node had stopped minutes ago.
 */
export class HeadClient {
  readonly #log: Log
  #data: ThreadClient<HeadCalls> | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** The data thread has started or restarted. */
  connect(port: MessagePort): void {
    this.#data = new ThreadClient(port, 'data thread', this.#log)
  }

  /** Sends the question at once. Throws `CallError` when there is no data thread yet. */
  head(nodeId: string): Promise<HeadCopy | null> {
    if (this.#data) return this.#data.call('head.get', { nodeId })
    throw new CallError('unavailable', 'ReMo is still opening the local cache. Try again in a few seconds.')
  }
}
