import type { RecordPosition } from '#shared/metric/sample.ts'
import type { ReadPosition } from '#shared/metric/read-position.ts'
import type { PartitionLogRange } from '../../../src-kafka/stream.ts'

interface Partition {
  readonly topic: string
  readonly partition: number
  position: ReadPosition | undefined
  /** Offset that reading began at, the first time or after a gap. */
  startOffset: number
  /** Offset that the next record written will get, as last heard; `undefined` while the broker has not said so. */
  end: number | undefined
  /** Records before it are gone from the log. */
  low: number
  /** What has to be read to know all that was in the log when the broker was last asked. */
  target: number
  /** Since when (this machine's clock) there is something to read; `undefined` while there is not. */
  lagSince: number | undefined
}

/** Lag of one partition. `lagSeconds` is the age of the newest record read, 0 when all is read, null when unknown. */
export interface PartitionLag {
  readonly topic: string
  readonly partition: number
  readonly lagMessages: number
  readonly lagSeconds: number | null
}

/**
 * Where every partition is read on, and where it ends. Mirrors the stored positions: moved only after a commit.
 * Times are epoch ms of this machine's clock.
 */
export class PartitionPositions {
  readonly #partitions = new Map<string, Map<number, Partition>>()
  #endsAt: number | undefined
  #caughtUp = false
  /** Whether the log was read to its end at least once since the connection was made. */
  #wasCaughtUp = false

  constructor(stored: readonly ReadPosition[], begins: readonly RecordPosition[] = []) {
    for (const position of stored) this.#entry(position.topic, position.partition).position = position
    for (const begin of begins) this.setStart(begin)
  }

  /** Reading of the partition began here: what came before is not known. */
  setStart({ topic, partition, offset }: RecordPosition): void {
    this.#entry(topic, partition).startOffset = offset
  }

  /** Whether records came before those that were read. */
  hasUnreadStart(topic: string, partition: number): boolean {
    return (this.#partitions.get(topic)?.get(partition)?.startOffset ?? 0) > 0
  }

  position(topic: string, partition: number): ReadPosition | undefined {
    return this.#partitions.get(topic)?.get(partition)?.position
  }

  /** Where reading goes on after a commit, and the end of the partition where the fetch told it. */
  moveTo(position: ReadPosition, now: number, end?: number): void {
    const entry = this.#entry(position.topic, position.partition)
    entry.position = position
    if (end !== undefined) entry.end = end
    noteLag(entry, now)
  }

  /** A full round over the broker: partitions that are not in it do not exist (any more) and have no lag. */
  setLogRanges(ends: readonly PartitionLogRange[], now: number): void {
    this.#clearEnds()
    for (const { topic, partition, start: low, end } of ends) {
      const entry = this.#entry(topic, partition)
      entry.low = low
      entry.end = end
      entry.target = end
    }
    for (const entry of this.#all()) noteLag(entry, now)
    this.#endsAt = now
  }

  /** What was heard of the ends is worth nothing any more: the connection is gone, or this machine slept. */
  clearLogRanges(): void {
    this.#clearEnds()
    this.#wasCaughtUp = false
  }

  /** When the log was last asked for its ends, if everything before those ends is read; else `undefined`. */
  caughtUpAt(): number | undefined {
    if (this.#endsAt === undefined) return undefined
    this.#caughtUp ||= [...this.#all()].every((entry) => readTo(entry) >= entry.target)
    this.#wasCaughtUp ||= this.#caughtUp
    return this.#caughtUp ? this.#endsAt : undefined
  }

  /** Not all is known to be read that came while this console was away, asleep or without storage. */
  get isInBacklog(): boolean {
    return !this.#wasCaughtUp
  }

  lagMessages(): number {
    let sum = 0
    for (const entry of this.#all()) sum += lagOf(entry)
    return sum
  }

  /**
   * How far the newest record read is behind the log, in ms. Once the log was read to its end, a record that is about
   * to be fetched counts from when it was heard of: a topic with one record a minute is not a minute behind.
   */
  lagMs(now: number): number {
    const settled = this.#wasCaughtUp
    let behind = 0
    for (const entry of this.#all()) {
      if (entry.lagSince === undefined) continue
      const waiting = now - entry.lagSince
      const age = now - (entry.position?.last?.timestamp ?? entry.lagSince)
      behind = Math.max(behind, settled ? Math.min(age, waiting) : age)
    }
    return behind
  }

  lags(now: number): PartitionLag[] {
    const lags: PartitionLag[] = []
    for (const entry of this.#all()) {
      if (entry.end === undefined) continue
      const lagMessages = lagOf(entry)
      const timestamp = entry.position?.last?.timestamp
      const lagSeconds = lagMessages === 0 ? 0 : timestamp === undefined ? null : Math.max(0, (now - timestamp) / 1000)
      lags.push({ topic: entry.topic, partition: entry.partition, lagMessages, lagSeconds })
    }
    return lags
  }

  #clearEnds(): void {
    this.#endsAt = undefined
    this.#caughtUp = false
    for (const entry of this.#all()) {
      entry.end = undefined
      entry.target = 0
    }
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

function readTo({ position, low }: Partition): number {
  return Math.max(position?.next ?? 0, low)
}

function lagOf(entry: Partition): number {
  return entry.end === undefined ? 0 : Math.max(0, entry.end - readTo(entry))
}

function noteLag(entry: Partition, now: number): void {
  // A clock that was set back must not make it younger than it is for as long.
  entry.lagSince = lagOf(entry) === 0 ? undefined : Math.min(entry.lagSince ?? now, now)
}
