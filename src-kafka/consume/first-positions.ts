import type { Log } from '#shared/log.ts'
import { HandlerError } from '../client/kafka-failure.ts'
import { readStartOffsets } from '../client/log-ranges.ts'
import type { BrokerConnections } from '../client/broker-connections.ts'
import { withTimeout } from '../client/waiting.ts'
import { partitionKey, type FirstStart, type StreamHandlers, type TopicPartition } from '../stream.ts'
import type { LedPartition } from './partition-leaders.ts'
import { startAt } from './resume-plan.ts'

const limitMs = 60_000

/**
 * Where the partitions begin that exist at the first start on an empty store. Their positions are stored before
 * anything is read, so a restart in between changes nothing. One object for all sessions of a stream.
 */
export class FirstPositions {
  readonly #handlers: Pick<StreamHandlers, 'firstStart' | 'begin' | 'position'>
  readonly #log: Log
  /**
   * Partitions whose leader did not answer at the first start. If the program ends before it does, they are read from
   * their beginning: rather too much than too little.
   */
  #late: { readonly start: FirstStart; readonly keys: Set<string> } | undefined
  #isOver = false

  constructor({ handlers, log }: { readonly handlers: StreamHandlers; readonly log: Log }) {
    this.#handlers = handlers
    this.#log = log
  }

  /**
   * Stores the positions. Afterwards it asks only for those that are late.
   * @returns the partitions that begin elsewhere than at their beginning
   * @throws if no broker answers, one refuses, or storage fails
   */
  async place(
    connections: Pick<BrokerConnections, 'listOffsets'>,
    partitions: readonly LedPartition[],
  ): Promise<readonly TopicPartition[]> {
    const start = this.#late?.start ?? (this.#isOver ? undefined : this.#handlers.firstStart?.())
    this.#isOver ||= start === undefined
    if (!start) return []
    const wanted = partitions.filter((part) => this.#isWanted(part, start))
    const asked = readStartOffsets(connections, wanted, start.from)
    const answered = await withTimeout(limitMs, 'asking where to begin', asked)
    const offsets = answered.filter(({ topic, partition }) => !this.#handlers.position(topic, partition))
    const isFirst = !this.#isOver
    if (isFirst || offsets.length > 0) this.#store(offsets)
    if (isFirst) this.#log.info('reading begins', { from: start.from, partitions: offsets.length })
    const placed = new Set(offsets.map(partitionKey))
    const keys = new Set(wanted.map(partitionKey).filter((key) => !placed.has(key)))
    this.#isOver = true
    this.#late = keys.size > 0 ? { start, keys } : undefined
    return offsets
  }

  #isWanted(part: TopicPartition, { isWhole }: FirstStart): boolean {
    if (this.#late) return this.#late.keys.has(partitionKey(part))
    return !isWhole(part.topic) && this.#handlers.position(part.topic, part.partition) === undefined
  }

  #store(offsets: ReadonlyArray<TopicPartition & { readonly offset: number }>): void {
    try {
      this.#handlers.begin?.(offsets.map((part) => startAt(part, part.offset)))
    } catch (cause) {
      throw new HandlerError(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }
}
