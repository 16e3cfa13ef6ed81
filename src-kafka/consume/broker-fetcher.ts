import { setTimeout as delay } from 'node:timers/promises'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { partitionKey } from '../stream.ts'
import { encodeFetchRequest } from '../wire/fetch-request.ts'
import { BrokerError } from '../wire/error-codes.ts'
import { type FetchResponse, parseFetchResponse } from '../wire/fetch-response.ts'
import { fetchDelayMs, fetchWait } from './fetch-pace.ts'
import { FetchSession } from './fetch-session.ts'
import type { PartitionState } from './partition-state.ts'
import type { Reader } from './reader.ts'

/** A first batch that is larger comes whole. */
const leastBytes = 1024 * 1024 + 64 * 1024

export interface BrokerFetcherDeps {
  readonly nodeId: number
  readonly connections: BrokerConnections
  readonly reader: Reader
  /** Bytes of one response. */
  readonly maxBytes: () => number
  readonly rack: string
  /** Records may wait for a moment. */
  readonly isRelaxed: () => boolean
  /** Epoch ms. */
  readonly now: () => number
  /** The broker answered for the first time. */
  readonly opened: () => void
  /** The broker does not answer, or with nonsense. `since`: epoch ms. This fetcher has stopped. */
  readonly failed: (cause: unknown, since: number) => void
}

/**
 * Fetches the partitions of one broker, one request after another. The next request is sent before the last answer is
 * stored, so that broker and storage work at the same time.
 */
export class BrokerFetcher {
  readonly nodeId: number
  readonly #deps: BrokerFetcherDeps
  readonly #session = new FetchSession<PartitionState>()
  /** Partitions to tell the broker about. */
  readonly #changed = new Set<PartitionState>()
  #wake: (() => void) | undefined
  #isStopped = false
  #askedAt: number
  #answeredAt: number | undefined
  #turn = 0

  constructor(deps: BrokerFetcherDeps) {
    this.#deps = deps
    this.nodeId = deps.nodeId
    this.#askedAt = deps.now()
  }

  /** Time of the last answer, epoch ms; `undefined` before the first. */
  get answeredAt(): number | undefined {
    return this.#answeredAt
  }

  start(): void {
    for (const state of this.#deps.reader.partitions) this.#changed.add(state)
    void this.#run()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake?.()
  }

  /** What to fetch of this partition changed. */
  changed(state: PartitionState): void {
    this.#changed.add(state)
    this.#wake?.()
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isStopped) {
        const request = this.#nextRequest()
        if (this.#session.size === 0 && request.forgotten.length === 0) await this.#changes()
        else await this.#fetch(request)
      }
    } catch (cause) {
      if (this.#isStopped) return
      this.#isStopped = true
      this.#deps.failed(cause, isTimeout(cause) ? this.#askedAt : this.#deps.now())
    }
  }

  async #fetch(request: ReturnType<FetchSession<PartitionState>['next']>): Promise<void> {
    const { connections, reader, rack, maxBytes, now } = this.#deps
    const body = encodeFetchRequest({
      ...request,
      ...fetchWait(this.#deps.isRelaxed()),
      maxBytes: Math.max(leastBytes, maxBytes()),
      rack,
    })
    const sentAt = performance.now()
    this.#askedAt = now()
    const busyBefore = reader.busyMs
    const answer = await connections.fetch(this.nodeId, body)
    if (this.#isStopped) return
    if (this.#answeredAt === undefined) this.#deps.opened()
    this.#answeredAt = now()
    const receivedAt = performance.now()
    const response = parseFetchResponse(answer)
    const bytes = this.#accept(response)
    await reader.room()
    const cost = performance.now() - receivedAt + reader.busyMs - busyBefore
    const wait = Math.max(response.throttleMs, fetchDelayMs(bytes, cost, performance.now() - sentAt))
    if (wait > 0) await delay(wait)
  }

  /** @returns bytes of records */
  #accept(response: FetchResponse): number {
    if (!this.#session.answered(response)) return 0
    if (response.errorCode !== 0) throw new BrokerError(response.errorCode, 'fetching')
    let bytes = 0
    for (const fetched of response.partitions) {
      bytes += fetched.records.length
      const asked = this.#session.asked(partitionKey(fetched))
      if (!asked) continue
      const { target, generation, offset } = asked
      // Asked again even if the answer does not count: the broker may wait at an offset that no longer matters.
      this.#changed.add(target)
      if (target.generation === generation && target.fetchOffset === offset && target.nodeId === this.nodeId) {
        this.#deps.reader.received(target, fetched)
      }
    }
    return bytes
  }

  #nextRequest(): ReturnType<FetchSession<PartitionState>['next']> {
    const { reader } = this.#deps
    const targets = this.#session.isNew ? this.#all() : [...this.#changed]
    this.#changed.clear()
    return this.#session.next(targets, (state) => reader.isWanted(state, this.nodeId))
  }

  /** In another order each time: a full response ends before the last partitions. */
  #all(): PartitionState[] {
    const all = [...new Set([...this.#deps.reader.partitions, ...this.#changed])]
    const first = all.length === 0 ? 0 : this.#turn++ % all.length
    return [...all.slice(first), ...all.slice(0, first)]
  }

  /** Resolves when what to fetch changed. */
  #changes(): Promise<void> {
    if (this.#changed.size > 0 || this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}

/** The broker has been silent since it was asked. Any other failure begins now. */
function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'KafkaJSRequestTimeoutError'
}
