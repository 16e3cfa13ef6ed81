import type { Log } from '#shared/log.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { failureReason } from '../client/kafka-failure.ts'
import type { LedPartition } from './partition-leaders.ts'
import { BrokerFetcher } from './broker-fetcher.ts'
import { noBroker, type PartitionState } from './partition-state.ts'
import type { Reader } from './reader.ts'

/** An election takes a moment. */
const firstRefreshMs = 50
const longestRefreshMs = 1_000
/** Partitions that cannot be read for longer than this are reported. */
const reportAfterMs = 10_000
/** The longest wait of a fetch is below this: a broker that works answers in the meantime. */
const readingWithinMs = 2_000

export interface BrokerFetchersDeps {
  readonly connections: BrokerConnections
  readonly reader: Reader
  /** Bytes of one round of fetches, for all brokers together. */
  readonly maxBytes: number
  readonly rack: string
  readonly isRelaxed: () => boolean
  readonly log: Log
  readonly now: () => number
  /** Asks for leaders, and calls `setLeaders`. @throws if no broker answers */
  readonly refresh: () => Promise<void>
  /** No broker answers. */
  readonly lost: (cause: unknown, since: number) => void
  /** Partitions cannot be read, in one sentence; `undefined` when all can be read again. */
  readonly problem: (sentence: string | undefined) => void
}

/** Times: epoch ms. */
interface DownBroker {
  readonly since: number
  readonly retryAt: number
  readonly waitMs: number
  readonly reason: string
}

/**
 * One fetcher for each broker that leads partitions. A broker that fails is asked again, with a growing wait, while the
 * others go on. Only when none answers, the session is lost.
 */
export class BrokerFetchers {
  readonly #deps: BrokerFetchersDeps
  readonly #fetchers = new Map<number, BrokerFetcher>()
  /** Brokers that have not answered since they failed. */
  readonly #down = new Map<number, DownBroker>()
  /** Partitions that no broker answers for, and since when (epoch ms). */
  readonly #unread = new Map<PartitionState, number>()
  #refreshTimer: NodeJS.Timeout | undefined
  #refreshMs = firstRefreshMs
  #isRefreshing = false
  #isStopped = false
  #problem: string | undefined

  constructor(deps: BrokerFetchersDeps) {
    this.#deps = deps
  }

  /** Whether a broker answered just now, or was asked for the first time and has not failed. */
  get isReading(): boolean {
    const now = this.#deps.now()
    return [...this.#fetchers.values()].some(
      ({ answeredAt }) => answeredAt === undefined || now - answeredAt < readingWithinMs,
    )
  }

  /** Reads each partition from its leader. A partition that is read from another replica stays there. */
  setLeaders(partitions: readonly LedPartition[]): void {
    const { reader } = this.#deps
    for (const part of partitions) {
      const state = reader.find(part)
      if (!state) continue
      const isAtReplica = state.nodeId !== noBroker && state.nodeId !== state.leader
      if (!isAtReplica || part.leader !== state.leader) reader.setBroker(state, this.#usable(part.leader))
      state.leader = part.leader
    }
    this.#startFetchers()
    this.#noteUnread()
    if (this.#unread.size > 0) this.refreshSoon()
    else this.#refreshMs = firstRefreshMs
  }

  changed(state: PartitionState): void {
    this.#fetchers.get(state.nodeId)?.changed(state)
  }

  /** A leader is unknown or failed: asks for new ones, soon and then less often. */
  refreshSoon(): void {
    if (this.#refreshTimer || this.#isRefreshing || this.#isStopped) return
    const wait = this.#refreshMs * (0.8 + 0.4 * Math.random())
    this.#refreshMs = Math.min(this.#refreshMs * 2, longestRefreshMs)
    this.#refreshTimer = setTimeout(() => void this.#refresh(), wait)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#refreshTimer)
    for (const fetcher of this.#fetchers.values()) fetcher.stop()
  }

  async #refresh(): Promise<void> {
    this.#refreshTimer = undefined
    this.#isRefreshing = true
    const startedAt = this.#deps.now()
    let failure: unknown
    try {
      await this.#deps.refresh()
    } catch (cause) {
      failure = cause
    }
    this.#isRefreshing = false
    if (this.#isStopped) return
    if (failure !== undefined && !this.isReading) this.#deps.lost(failure, startedAt)
    else if (failure !== undefined || this.#unread.size > 0) this.refreshSoon()
  }

  /** The broker, unless it failed just now. */
  #usable(nodeId: number): number {
    const down = this.#down.get(nodeId)
    return down && down.retryAt > this.#deps.now() ? noBroker : nodeId
  }

  #startFetchers(): void {
    const { reader, connections, rack, isRelaxed, now, maxBytes } = this.#deps
    const wanted = new Set(Array.from(reader.partitions, ({ nodeId }) => nodeId))
    wanted.delete(noBroker)
    for (const [nodeId, fetcher] of this.#fetchers) {
      if (wanted.has(nodeId)) continue
      fetcher.stop()
      this.#fetchers.delete(nodeId)
    }
    for (const nodeId of wanted) {
      if (this.#fetchers.has(nodeId) || this.#isStopped) continue
      const fetcher = new BrokerFetcher({
        nodeId,
        connections,
        reader,
        rack,
        isRelaxed,
        now,
        maxBytes: () => Math.ceil(maxBytes / Math.max(1, this.#fetchers.size)),
        opened: () => {
          this.#down.delete(nodeId)
          this.#noteUnread()
        },
        failed: (cause, since) => this.#failed(fetcher, cause, since),
      })
      this.#fetchers.set(nodeId, fetcher)
      fetcher.start()
    }
  }

  #failed(fetcher: BrokerFetcher, cause: unknown, since: number): void {
    const { nodeId } = fetcher
    const { connections, reader, log, lost, now } = this.#deps
    if (this.#fetchers.get(nodeId) !== fetcher) return
    this.#fetchers.delete(nodeId)
    connections.drop(nodeId)
    if (this.#isStopped) return
    if (!this.isReading) return lost(cause, since)
    log.info('a broker does not answer', { nodeId, cause })
    const known = this.#down.get(nodeId)
    const waitMs = Math.min(longestRefreshMs, (known?.waitMs ?? firstRefreshMs / 2) * 2)
    const reason = `broker ${nodeId} does not answer (${failureReason(cause)})`
    this.#down.set(nodeId, { since: known?.since ?? since, retryAt: now() + waitMs, waitMs, reason })
    for (const state of reader.partitions) if (state.nodeId === nodeId) reader.setBroker(state, noBroker)
    this.#noteUnread()
    this.refreshSoon()
  }

  #noteUnread(): void {
    const { reader, now, problem } = this.#deps
    const before = new Map(this.#unread)
    const at = now()
    this.#unread.clear()
    let total = 0
    for (const state of reader.partitions) {
      total++
      const down = this.#down.get(state.leader)
      if (state.nodeId !== noBroker && !down) continue
      this.#unread.set(state, down?.since ?? before.get(state) ?? at)
    }
    const late = [...this.#unread].filter(([, since]) => at - since >= reportAfterMs)
    const reasons = new Set(late.map(([{ leader }]) => this.#down.get(leader)?.reason ?? 'they have no leader'))
    const sentence =
      late.length === 0
        ? undefined
        : `${late.length} of ${total} partitions cannot be read: ${[...reasons].join(', ')}.`
    if (sentence === this.#problem) return
    this.#problem = sentence
    problem(sentence)
  }
}
