import type { TopicPartition } from '#shared/metric/topic-partition.ts'
import type { RecordPosition } from '#shared/metric/sample.ts'
import type { Gap, ReadPosition } from '#shared/metric/read-position.ts'
import type { RecordRun } from './records/record-run.ts'

/** One Kafka record, decompressed. `value` null: tombstone. `timestamp`: epoch ms, from the producer or the broker. */
export interface RawRecord {
  readonly offset: number
  readonly timestamp: number
  readonly value: Uint8Array | null
  readonly key?: Uint8Array | null
  /** Absent where there is none. */
  readonly headers?: Readonly<Record<string, unknown>>
}

/**
 * What a fetch brought of one partition: committed records in offset order, all at or after the stored position. There
 * may be none, behind transaction markers or aborted records: then only the position moves.
 */
export interface RawBatch {
  readonly topic: string
  readonly partition: number
  readonly runs: readonly RecordRun[]
  /** Offset to continue from, at least one above the last record. */
  readonly next: number
  /** End of what can be read, at the time of the fetch: a higher offset belongs to a later or an open transaction. */
  readonly end: number
}

/** State of the stream. Times are epoch ms of this machine's clock. */
export type StreamStatus =
  | { readonly kind: 'connecting'; readonly since: number; readonly detail: string; readonly retryAt?: number }
  | {
      readonly kind: 'connected'
      readonly since: number
      readonly topics: number
      readonly partitions: number
      /** Some partitions cannot be read: one sentence for the operator. */
      readonly problem?: string
    }
  | { readonly kind: 'disconnected'; readonly since: number; readonly detail: string; readonly retryAt?: number }
  | { readonly kind: 'stopped' }

export interface PartitionLogRange {
  readonly topic: string
  readonly partition: number
  readonly start: number
  readonly end: number
}

/** How many partitions each topic has. @param ranges of all partitions */
export function partitionCounts(ranges: readonly PartitionLogRange[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { topic } of ranges) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  return counts
}

/** An unreadable record batch: unknown codec, or damaged. `position` is that of its first record. */
export interface UnreadableBatch {
  readonly position: RecordPosition
  /** One sentence for the operator, with the number of records. */
  readonly reason: string
  readonly resumeFrom: ReadPosition
}

export type { TopicPartition }

/** Identifies a partition in maps. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

/**
 * A time of Kafka's clock, `brokerTime`, and those of this computer, all epoch ms.
 * - `answer`: Kafka answered a question. Its clock had this time in between
 * - `append`: a broker stamped a record when it appended it, and answered a waiting fetch
 */
export type BrokerTime =
  | { readonly kind: 'answer'; readonly brokerTime: number; readonly sentAt: number; readonly receivedAt: number }
  | { readonly kind: 'append'; readonly brokerTime: number; readonly receivedAt: number }

/** The first start on an empty store: where reading begins. */
export interface FirstStart {
  /** `end`, or the first record with this timestamp (epoch ms) or a later one; the end if there is none. */
  readonly from: number | 'end'
  /** Topics that are read from their beginning nevertheless. */
  readonly isWhole: (topic: string) => boolean
}

/**
 * Stored when it returns, or when the promise resolves. Until then more is fetched, but nothing more of the same
 * partitions is handed over.
 */
export type StoreResult = Promise<void> | void

/**
 * What a stream needs from its owner. Only `batches`, `gap`, `unreadable`, `refreshPositions` and
 * `begin` may throw: when storage fails. The first three may also throw `PositionMovedError`.
 */
export interface StreamHandlers {
  /**
   * The stored position, from memory; `undefined` for a partition that was never read (read from its beginning). Other
   * members of the group may have moved it: then `batches` skips what they stored, and the next call returns the current
   * position.
   */
  readonly position: (topic: string, partition: number) => ReadPosition | undefined
  /** Stores the batches and their positions in one transaction. Each is of another partition. */
  readonly batches: (batches: readonly RawBatch[]) => StoreResult
  /**
   * Records were lost. Stores the gap and the position to resume from in one transaction.
   * @param stored the position that the loss follows from; if another member of the group has moved it, throw
   *   `PositionMovedError`
   */
  readonly gap: (gap: Gap, resumeFrom: ReadPosition, stored: ReadPosition) => StoreResult
  /** Rejects and counts the batch. Stores that and the position to resume from in one transaction. */
  readonly unreadable: (batch: UnreadableBatch) => StoreResult
  /** Reads the positions that other members of the group moved: before reading begins, and when partitions are assigned. */
  readonly refreshPositions?: () => Promise<void>
  /**
   * Asked before reading begins. `undefined`: partitions without a stored position are read from their beginning, as
   * all are that appear later.
   */
  readonly firstStart?: () => FirstStart | undefined
  /** Stores where partitions begin that exist at the first start, in one transaction. Called once, or again for late ones. */
  readonly begin?: (positions: readonly ReadPosition[]) => void
  /** Partitions that this member of the group reads from now on; empty at the end of a session. */
  readonly assigned?: (partitions: readonly TopicPartition[]) => void
  /** Topics that decide how others are evaluated. In each session they are read to their end first. */
  readonly isPriorityTopic?: (topic: string) => boolean
  readonly status: (status: StreamStatus) => void
  /** Log ranges of all partitions, at every connect and every 15 s. Lag follows from them. */
  readonly logRanges: (ranges: readonly PartitionLogRange[]) => void
  /** What Kafka says of its clock. */
  readonly brokerTime?: (time: BrokerTime) => void
}

/** A source of records. Another Kafka client could implement it. */
export interface Stream {
  start(): void
  /** Connects immediately instead of waiting for the back-off. */
  retryNow(): void
  /**
   * Discards all connections and connects again immediately. After sleep or in another network the old ones may be dead
   * without an error.
   */
  reconnect(): void
  /**
   * This computer has other addresses. Connects again immediately if it waits for the back-off, or if a connection has
   * one of the addresses that are `gone`.
   */
  networkChanged(gone: readonly string[]): void
  stop(): Promise<void>
}
