import { errorCode } from '../wire/error-codes.ts'
import type { FetchPartition } from '../wire/fetch-request.ts'
import type { TopicPartition } from '../stream.ts'

/** A partition as the session sees it. */
export interface FetchTarget extends TopicPartition {
  readonly key: string
  /** Offset to fetch next. */
  readonly fetchOffset: number
  /** Bytes that this partition may return at once. */
  readonly maxBytes: number
  /** Another number means that an answer to an earlier request no longer counts. */
  readonly generation: number
}

/** What the broker has of a partition. */
interface Asked<T extends FetchTarget> {
  readonly target: T
  readonly offset: number
  readonly maxBytes: number
  readonly generation: number
}

export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly partitions: readonly FetchPartition[]
  readonly forgotten: readonly TopicPartition[]
}

const firstEpoch = 0
const longestEpoch = 2 ** 31 - 1

/**
 * A fetch session (KIP-227): the broker keeps the partitions of a client, and a request names only those that changed.
 * So the cost of a fetch follows from the partitions with records, not from all of them.
 */
export class FetchSession<T extends FetchTarget> {
  readonly #asked = new Map<string, Asked<T>>()
  #id = 0
  #epoch = firstEpoch

  /** Partitions that the broker would return. */
  get size(): number {
    return this.#asked.size
  }

  /** Whether the next request must name all partitions. */
  get isNew(): boolean {
    return this.#epoch === firstEpoch
  }

  /**
   * The next request.
   * @param targets those that changed since the last request; all if the session is new
   * @param isWanted whether to fetch a partition now
   */
  next(targets: Iterable<T>, isWanted: (target: T) => boolean): SessionRequest {
    const partitions: FetchPartition[] = []
    const forgotten: TopicPartition[] = []
    if (this.isNew) this.#asked.clear()
    for (const target of targets) {
      const known = this.#asked.get(target.key)
      if (!isWanted(target)) {
        if (known) forgotten.push(target)
        this.#asked.delete(target.key)
        continue
      }
      const { topic, partition, fetchOffset: offset, maxBytes, generation } = target
      this.#asked.set(target.key, { target, offset, maxBytes, generation })
      if (known?.offset === offset && known.maxBytes === maxBytes) continue
      partitions.push({ topic, partition, offset, maxBytes })
    }
    return { sessionId: this.#id, sessionEpoch: this.#epoch, partitions, forgotten }
  }

  /** What the broker answers to. */
  asked(key: string): Asked<T> | undefined {
    return this.#asked.get(key)
  }

  /**
   * Notes the answer to the last request.
   * @returns whether it counts; if not, the broker has forgotten the session
   */
  answered(response: { readonly errorCode: number; readonly sessionId: number }): boolean {
    const { errorCode: code, sessionId } = response
    if (code === errorCode.fetchSessionIdNotFound || code === errorCode.invalidFetchSessionEpoch) {
      this.#id = code === errorCode.fetchSessionIdNotFound ? 0 : this.#id
      this.#epoch = firstEpoch
      return false
    }
    this.#id = sessionId
    // a broker without room for a session gives no id: then every request names all partitions
    this.#epoch = sessionId === 0 ? firstEpoch : this.#epoch === longestEpoch ? 1 : this.#epoch + 1
    return true
  }
}
