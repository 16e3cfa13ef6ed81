import type { MessagePort } from 'node:worker_threads'
import { CallError } from '../threads/call-error.ts'
import { ThreadClient } from '../threads/thread-client.ts'
import type { Log } from '#shared/log.ts'
import { copyOfHead, isCurrent } from '../store/heads/shared-rows.ts'
import type { HeadCalls, HeadCopy, SharedHead } from '../threads/read-calls.ts'

/** Most nodes whose memory is kept: some 40 KB each. */
const mostKnown = 1_024

/**
 * Reads a node's newest records, which the data thread has in shared memory. Without that thread, calls fail: a chart
 * without these records would look as if the node had stopped minutes ago.
 */
export class HeadClient {
  readonly #log: Log
  #data: ThreadClient<HeadCalls> | null = null
  #known = new Map<string, SharedHead>()

  constructor(log: Log) {
    this.#log = log
  }

  /** The data thread has started or restarted. */
  connect(port: MessagePort): void {
    const known = new Map<string, SharedHead>()
    this.#known = known
    this.#data = new ThreadClient(port, 'data thread', this.#log)
    port.on('close', () => known.clear())
  }

  /** The records as of the newest commit, even during a transaction; `null` if the data thread must be asked. */
  known(nodeId: string, metrics: readonly string[]): HeadCopy | null {
    const shared = this.#known.get(nodeId)
    return shared && isCurrent(shared) ? copyOfHead(shared, metrics) : null
  }

  /**
   * Sends the question at once. `metrics`: all if not given. Throws `CallError` when there is no data thread yet.
   *
   * @returns `null` for an unknown node
   */
  async head(nodeId: string, metrics?: readonly string[]): Promise<HeadCopy | null> {
    if (!this.#data)
      throw new CallError('unavailable', 'ReMo is still opening the local cache. Try again in a few seconds.')
    const known = this.#known
    const shared = await this.#data.call('head.get', { nodeId })
    if (!shared) return null
    known.delete(nodeId)
    known.set(nodeId, shared)
    for (const oldest of known.keys()) {
      if (known.size <= mostKnown) break
      known.delete(oldest)
    }
    return copyOfHead(shared, metrics)
  }
}
