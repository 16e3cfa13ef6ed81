import type { RecordPosition } from '#shared/metric/sample.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import type { ReadingLag } from '#shared/own/lag-watch.ts'
import { partitionCounts, type PartitionLogRange } from '../../../src-kafka/stream.ts'

interface Partition {
  readonly topic: string
  readonly partition: number
  position: ReadPosition | undefined
  /** First offset read, at the first start or after a gap. */
  startOffset: number
  /** Offset of the next record to be written, as last reported; `undefined` before the broker's first answer. */
  end: number | undefined
  /** First offset that the log still has. */
  low: number
  /** End offset at the last request to the broker: reading up to it means caught up. */
  target: number
  /** When the first unread record became known (this machine's clock); `undefined` if all is read. */
  lagSince: number | undefined
}

/** Lag of one partition. `lagSeconds` is the age of the newest record read, 0 when all is read, null when unknown. */
export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly lagMessages: number
  readonly lagSeconds: number | null
}

/** Where one partition is read, and where its log ends. `null`: unknown. Times are epoch ms. */
export interface PartitionState extends PartitionLag {
  readonly position: number | null
  readonly end: number | null
  /** Timestamp of the newest record read. */
  readonly lastAt: number | null
}

/**
 * Where reading of every partition resumes, and where its log ends. **Invariant**: matches the stored positions, and
 * moves only after a commit. Times are epoch ms of this machine's clock.
 */
export class PartitionPositions {
  readonly #partitions = new Map<string, Map<number, Partition>>()
  /** Those with `lagSince`. Few of thousands, and health asks for them several times a second. */
  readonly #behind = new Set<Partition>()
  /** Partitions by topic, as Kafka last said: still true while nothing else is known. */
  #counts: ReadonlyMap<string, number> = new Map()
  #endsAt: number | undefined
  #caughtUp = false
  /** Whether the log was read to its end at least once on this connection. */
  #wasCaughtUp = false

  constructor(stored: readonly ReadPosition[], begins: readonly RecordPosition[] = []) {
    for (const position of stored) this.#entry(position.topic, position.partition).position = position
    for (const begin of begins) this.setStart(begin)
  }

  /** Reading of the partition began here. Earlier records are unknown. */
  setStart({ topic, partition, offset }: RecordPosition): void {
    this.#entry(topic, partition).startOffset = offset
  }

  /** Whether the partition had records before the first one read. */
  hasUnreadStart(topic: string, partition: number): boolean {
    return (this.#partitions.get(topic)?.get(partition)?.startOffset ?? 0) > 0
  }

  /** Topics and partitions that `states` has. */
  counts(): { readonly topics: number; readonly partitions: number } {
    const topics = new Set<string>()
    let partitions = 0
    for (const { topic } of this.#listed()) {
      topics.add(topic)
      partitions++
    }
    return { topics: topics.size, partitions }
  }

  /** How many partitions the topic has; 1 until Kafka says it. */
  partitionsOf(topic: string): number {
    return this.#counts.get(topic) ?? 1
  }

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#partitions.get(topic)?.get(partition)?.position
  }

  /** Moves the position after a commit. `end`: the partition's end offset, if the fetch included it. */
  moveTo(position: ReadPosition, now: number, end?: number): void {
    const entry = this.#entry(position.topic, position.partition)
    entry.position = position
    if (end !== undefined) entry.end = end
    this.#noteLag(entry, now)
  }

  /** Sets the ranges of all partitions. A partition that is missing here does not exist, and has no lag. */
  setLogRanges(ends: readonly PartitionLogRange[], now: number): void {
    this.#clearEnds()
    for (const { topic, partition, start: low, end } of ends) {
      const entry = this.#entry(topic, partition)
      entry.low = low
      entry.end = end
      entry.target = end
    }
    for (const entry of this.#all()) this.#noteLag(entry, now)
    this.#counts = partitionCounts(ends)
    this.#endsAt = now
  }

  /** Discards the ranges: the connection was lost, or this machine slept. */
  clearLogRanges(): void {
    this.#clearEnds()
    this.#wasCaughtUp = false
  }

  /** When the ends were last requested, if everything before them is read; otherwise `undefined`. */
  caughtUpAt(): number | undefined {
    if (this.#endsAt === undefined) return undefined
    this.#caughtUp ||= [...this.#all()].every((entry) => readTo(entry) >= entry.target)
    this.#wasCaughtUp ||= this.#caughtUp
    return this.#caughtUp ? this.#endsAt : undefined
  }

  /** Records from a time when this console was closed, disconnected, asleep or without storage may be unread. */
  get isInBacklog(): boolean {
    return !this.#wasCaughtUp
  }

  lagMessages(): number {
    let sum = 0
    for (const entry of this.#behind) sum += lagOf(entry)
    return sum
  }

  /**
   * Age of the newest record read, in ms. After the first catch-up, an unread record counts from when ReMo learned of
   * it. Example: a topic with one record per minute is not a minute behind.
   */
  lagMs(now: number): number {
    return this.#worst(now)?.ms ?? 0
  }

  /** As `lagMs`, with the worst partition; `undefined` while the ends of the log are unknown. */
  readingLag(now: number): ReadingLag | undefined {
    if (this.#endsAt === undefined) return undefined
    const worst = this.#worst(now)
    const where = worst && `${worst.entry.topic}, partition ${worst.entry.partition}`
    return { ms: worst?.ms ?? 0, where, isBacklog: this.isInBacklog }
  }

  #worst(now: number): { readonly entry: Partition; readonly ms: number } | undefined {
    const settled = this.#wasCaughtUp
    let worst: { readonly entry: Partition; readonly ms: number } | undefined
    for (const entry of this.#behind) {
      const { position, lagSince } = entry
      if (lagSince === undefined) continue
      const waiting = now - lagSince
      const age = now - (position?.last?.timestamp ?? lagSince)
      const ms = settled ? Math.min(age, waiting) : age
      if (ms > (worst?.ms ?? 0)) worst = { entry, ms }
    }
    return worst
  }

  lags(now: number): PartitionLag[] {
    const lags: PartitionLag[] = []
    for (const entry of this.#all()) if (entry.end !== undefined) lags.push(lagOfPartition(entry, now))
    return lags
  }

  /** Every partition that Kafka has; while that is unknown, every one with a position. */
  states(now: number): PartitionState[] {
    return Array.from(this.#listed(), (entry) => stateOf(entry, now))
  }

  *#listed(): Generator<Partition> {
    for (const entry of this.#all()) {
      if (entry.end !== undefined || (this.#endsAt === undefined && entry.position !== undefined)) yield entry
    }
  }

  #clearEnds(): void {
    this.#endsAt = undefined
    this.#caughtUp = false
    for (const entry of this.#all()) {
      entry.end = undefined
      entry.target = 0
    }
  }

  #noteLag(entry: Partition, now: number): void {
    // If the clock was set back, keeps the earlier time: the lag must not look shorter than it is.
    entry.lagSince = lagOf(entry) === 0 ? undefined : Math.min(entry.lagSince ?? now, now)
    if (entry.lagSince === undefined) this.#behind.delete(entry)
    else this.#behind.add(entry)
  }

  *#all(): Iterable<Partition> {
    for (const partitions of this.#partitions.values()) yield* partitions.values()
  }

  #entry(topic: string, partition: number): Partition {
    let partitions = this.#partitions.get(topic)
    if (!partitions) this.#partitions.set(topic, (partitions = new Map<number, Partition>()))
    let entry = partitions.get(partition)
    if (!entry) {
      const unknown = { position: undefined, end: undefined, lagSince: undefined }
      entry = { topic, partition, startOffset: 0, low: 0, target: 0, ...unknown }
      partitions.set(partition, entry)
    }
    return entry
  }
}

function stateOf(entry: Partition, now: number): PartitionState {
  const { position, end } = entry
  const lag = lagOfPartition(entry, now)
  const lastAt = position?.last?.timestamp ?? -1
  return {
    ...lag,
    lagSeconds: end === undefined ? null : lag.lagSeconds,
    position: position?.next ?? null,
    end: end ?? null,
    // A record may have no timestamp: -1.
    lastAt: lastAt < 0 ? null : lastAt,
  }
}

function lagOfPartition(entry: Partition, now: number): PartitionLag {
  const { topic, partition } = entry
  const lagMessages = lagOf(entry)
  const timestamp = entry.position?.last?.timestamp
  const lagSeconds = lagMessages === 0 ? 0 : timestamp === undefined ? null : Math.max(0, (now - timestamp) / 1000)
  return { topic, partition, lagMessages, lagSeconds }
}

function readTo({ position, low }: Partition): number {
  return Math.max(position?.next ?? 0, low)
}

function lagOf(entry: Partition): number {
  return entry.end === undefined ? 0 : Math.max(0, entry.end - readTo(entry))
}
