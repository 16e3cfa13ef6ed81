import type { ReadPosition } from '#shared/metric/read-position.ts'
import { partitionCounts, partitionKey, type PartitionLogRange, type TopicPartition } from '../../src-kafka/stream.ts'

/** If no topic has a new record for this long, the stream itself has stopped, not the nodes. */
const noRecordsAfterMs = 30_000

export interface AssignedPartitionLag extends TopicPartition {
  readonly lag: number
}

interface AssignedPartition extends TopicPartition {
  /** Log end offset: the offset of the next record, as last read. */
  end: number | undefined
  low: number
  /** Offset to read up to, to know every record that was in the log when the broker was last asked. */
  target: number
}

/**
 * The partitions of this replica, their log end offsets, and how far the log is known. Positions are the ones this
 * replica saw last. After a change of the group they may be too old until the first batch of a partition is stored.
 * Times are epoch ms of this machine's clock.
 */
export class AssignedPartitions {
  readonly #positions = new Map<string, ReadPosition>()
  readonly #owned = new Map<string, AssignedPartition>()
  #ends = new Map<string, PartitionLogRange>()
  /** Partitions by topic, as Kafka last said. */
  #counts: ReadonlyMap<string, number> = new Map()
  #endsAt: number | undefined
  #receivedAt = -Infinity
  #recordAt = -Infinity

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#positions.get(partitionKey({ topic, partition }))
  }

  /** Sets all stored positions. */
  setPositions(positions: readonly ReadPosition[]): void {
    this.#positions.clear()
    for (const position of positions) this.moveTo(position)
  }

  moveTo(position: ReadPosition): void {
    this.#positions.set(partitionKey(position), position)
  }

  /** Records arrived, with the log end offset of their partition if the fetch reported it. */
  received({ topic, partition }: TopicPartition, end: number | undefined, now: number): void {
    this.#receivedAt = this.#recordAt = now
    const owned = this.#owned.get(partitionKey({ topic, partition }))
    if (owned && end !== undefined) owned.end = end
  }

  assign(partitions: readonly TopicPartition[]): void {
    this.#owned.clear()
    for (const { topic, partition } of partitions) {
      const { start: low = 0, end } = this.#ends.get(partitionKey({ topic, partition })) ?? {}
      this.#owned.set(partitionKey({ topic, partition }), { topic, partition, low, end, target: end ?? Infinity })
    }
  }

  /** A complete round of log end offsets from the broker. */
  setEnds(ends: readonly PartitionLogRange[], now: number): void {
    const fresh = new Map(ends.map((end) => [partitionKey(end), end]))
    for (const [key, { end, start: low }] of fresh) {
      if (end > (this.#ends.get(key)?.end ?? Infinity)) this.#receivedAt = now
      const owned = this.#owned.get(key)
      if (owned) Object.assign(owned, { end, low, target: end })
    }
    this.#ends = fresh
    this.#counts = partitionCounts(ends)
    this.#endsAt = now
  }

  /** Discards the log end offsets: the connection is lost. */
  forgetEnds(): void {
    this.#endsAt = undefined
    this.#ends.clear()
    for (const owned of this.#owned.values()) Object.assign(owned, { end: undefined, target: Infinity })
  }

  /** How many partitions the topic has; 1 until Kafka says it. */
  partitionsOf(topic: string): number {
    return this.#counts.get(topic) ?? 1
  }

  /** Whether others read partitions of the topic. True while that is not known. */
  hasOthers(topic: string): boolean {
    if (this.#endsAt === undefined) return true
    for (const [key, end] of this.#ends) if (end.topic === topic && !this.#owned.has(key)) return true
    return false
  }

  get owned(): number {
    return this.#owned.size
  }

  /** Whether this replica evaluates missing data for series whose newest record is in this partition. */
  isResponsibleFor({ topic, partition }: TopicPartition): boolean {
    const key = partitionKey({ topic, partition })
    // no replica has a deleted topic: the first one evaluates it, under the node's lock
    return this.#owned.has(key) || (this.#endsAt !== undefined && !this.#ends.has(key))
  }

  /**
   * Time (epoch ms) up to which the log has no unread record for this replica. `undefined` while it lags, while no node
   * has records, or while the log end offsets are old: this machine slept, or its clock was set back.
   */
  knownUntil(now: number): number | undefined {
    if (this.#endsAt === undefined || !isRecent(this.#endsAt, now) || !isRecent(this.#receivedAt, now)) return undefined
    for (const owned of this.#owned.values()) if (this.#readTo(owned) < owned.target) return undefined
    return this.#recordAt > now ? this.#endsAt : Math.max(this.#endsAt, this.#recordAt)
  }

  lags(): AssignedPartitionLag[] {
    return [...this.#owned.values()].flatMap((owned) => {
      const { topic, partition, end } = owned
      return end === undefined ? [] : [{ topic, partition, lag: Math.max(0, end - this.#readTo(owned)) }]
    })
  }

  #readTo({ topic, partition, low }: AssignedPartition): number {
    return Math.max(this.position(topic, partition)?.next ?? 0, low)
  }
}

function isRecent(at: number, now: number): boolean {
  return at <= now && now - at < noRecordsAfterMs
}
