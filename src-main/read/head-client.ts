import type { MessagePort } from 'node:worker_threads'
import { CallError } from '../threads/call-error.ts'
import { ThreadClient } from '../threads/thread-client.ts'
import type { Log } from '#shared/log.ts'
import { copyOfHead, isCurrent } from '../store/heads/shared-rows.ts'
import type { HeadCalls, HeadCopies, SharedHead } from '../threads/read-calls.ts'

/** Most questions whose answers are kept: some 40 KB each. */
const mostKnown = 1_024

/**
 * Reads the newest records of a node's parts, which the data thread has in shared memory. Without that thread, calls
 * fail: a chart without these records would look as if the node had stopped minutes ago.
 */
export class HeadClient {
  readonly #log: Log
  #data: ThreadClient<HeadCalls> | null = null
  /** By node and metrics. */
  #known = new Map<string, readonly SharedHead[]>()

  constructor(log: Log) {
    this.#log = log
  }

  /** The data thread has started or restarted. */
  connect(port: MessagePort): void {
    const known = new Map<string, readonly SharedHead[]>()
    this.#known = known
    this.#data = new ThreadClient(port, 'data thread', this.#log)
    port.on('close', () => known.clear())
  }

  /** The records as of the newest commit, even during a transaction; `null` if the data thread must be asked. */
  known(nodeId: string, metrics: readonly string[]): HeadCopies | null {
    const shared = this.#known.get(keyOf(nodeId, metrics))
    return shared?.every(isCurrent) === true ? copiesOf(shared, metrics) : null
  }

  /**
   * Sends the question at once. `metrics`: the parts that may have any of them; all parts if not given. Throws
   * `CallError` when there is no data thread yet.
   *
   * @returns `null` for an unknown node
   */
  async heads(nodeId: string, metrics?: readonly string[]): Promise<HeadCopies | null> {
    if (!this.#data)
      throw new CallError('unavailable', 'ReMo is still opening the local cache. Try again in a few seconds.')
    const known = this.#known
    const shared = await this.#data.call('head.get', { nodeId, ...(metrics ? { metrics } : {}) })
    if (!shared) return null
    // Without a part there is nothing that could say that one was added.
    if (metrics && shared.length > 0) remember(known, keyOf(nodeId, metrics), shared)
    return copiesOf(shared, metrics)
  }
}

function remember(known: Map<string, readonly SharedHead[]>, key: string, shared: readonly SharedHead[]): void {
  known.delete(key)
  known.set(key, shared)
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) break
    known.delete(oldest)
  }
}

function copiesOf(shared: readonly SharedHead[], metrics: readonly string[] | undefined): HeadCopies {
  return new Map(shared.map((head) => [head.part, copyOfHead(head, metrics)]))
}

function keyOf(nodeId: string, metrics: readonly string[]): string {
  return JSON.stringify([nodeId, ...metrics])
}
