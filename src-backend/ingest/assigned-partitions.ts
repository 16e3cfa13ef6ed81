import type { ReadPosition } from '#shared/metric/read-position.ts'
import { partitionKey, type PartitionLogRange, type TopicPartition } from '../../src-kafka/stream.ts'

/** Nothing new on any topic, or of its ends, for so long: it is the stream that is silent, not the nodes. */
const noRecordsAfterMs = 30_000

export interface AssignedPartitionLag extends TopicPartition {
  readonly lag: number
}

interface AssignedPartition extends TopicPartition {
  /** Offset that the next record written will get, as last heard. */
  end: number | undefined
  low: number
  /** What has to be read to know all that was in the log when the broker was last asked. */
  target: number
}

/**
 * What this replica reads, where that ends, and how far the log is known. Positions are those that this replica saw
 * last: after a change of the group they may be older than the truth until the first run of a partition is stored.
 * Times are epoch ms of this machine's clock.
 */
export class AssignedPartitions {
  readonly #positions = new Map<string, ReadPosition>()
  readonly #owned = new Map<string, AssignedPartition>()
  #ends = new Map<string, PartitionLogRange>()
  #endsAt: number | undefined
  #receivedAt = -Infinity
  #recordAt = -Infinity

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#positions.get(partitionKey({ topic, partition }))
  }

  /** All positions, as stored now. */
  setPositions(positions: readonly ReadPosition[]): void {
    this.#positions.clear()
    for (const position of positions) this.moveTo(position)
  }

  moveTo(position: ReadPosition): void {
    this.#positions.set(partitionKey(position), position)
  }

  /** Records came in, with the end of their partition where the fetch told it. */
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

  /** A full round over the broker. */
  setEnds(ends: readonly PartitionLogRange[], now: number): void {
    const fresh = new Map(ends.map((end) => [partitionKey(end), end]))
    for (const [key, { end, start: low }] of fresh) {
      if (end > (this.#ends.get(key)?.end ?? Infinity)) this.#receivedAt = now
      const owned = this.#owned.get(key)
      if (owned) Object.assign(owned, { end, low, target: end })
    }
    this.#ends = fresh
    this.#endsAt = now
  }

  /** What was heard of the ends is worth nothing any more: the connection is gone. */
  forgetEnds(): void {
    this.#endsAt = undefined
    this.#ends.clear()
    for (const owned of this.#owned.values()) Object.assign(owned, { end: undefined, target: Infinity })
  }

  get owned(): number {
    return this.#owned.size
  }

  /** Whether this replica is to judge what the series with its newest record there says by its silence. */
  isResponsibleFor({ topic, partition }: TopicPartition): boolean {
    const key = partitionKey({ topic, partition })
    // a topic that was deleted is nobody's: whoever comes first judges it, under the lock of the node
    return this.#owned.has(key) || (this.#endsAt !== undefined && !this.#ends.has(key))
  }

  /**
   * Up to when (epoch ms) the log is known to hold nothing unread for this replica; `undefined` while it is behind,
   * nothing is heard of the whole fleet, or nobody told the ends: this machine slept, or its clock was set back.
   */
  knownUntil(now: number): number | undefined {
    if (this.#endsAt === undefined || !isOfLate(this.#endsAt, now) || !isOfLate(this.#receivedAt, now)) return undefined
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

function isOfLate(at: number, now: number): boolean {
  return at <= now && now - at < noRecordsAfterMs
}
