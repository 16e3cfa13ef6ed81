import type { GapRecord } from '#shared/ipc/contract.ts'
import type { Position } from '#shared/metric/sample.ts'
import type { StoredPosition } from '#shared/metric/stored.ts'

/** One Kafka record as it came, decompressed. `value` null: tombstone. `timestamp` epoch ms as the broker gave it. */
export interface RawRecord {
  readonly offset: number
  readonly timestamp: number
  readonly value: Uint8Array | null
  readonly key?: Uint8Array | null
  /** Absent where there is none. */
  readonly headers?: Readonly<Record<string, unknown>>
}

/** Records of one partition in offset order, all at or behind the stored position. */
export interface RawBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly RawRecord[]
  /** End of the partition when it was fetched: the offset that the next record written will get. */
  readonly end: number
}

/** What the stream says of itself. Times are epoch ms of this machine's clock. */
export type StreamStatus =
  | { readonly kind: 'connecting'; readonly since: number; readonly detail: string; readonly retryAt?: number }
  | { readonly kind: 'connected'; readonly since: number; readonly topics: number; readonly partitions: number }
  | { readonly kind: 'disconnected'; readonly since: number; readonly detail: string; readonly retryAt?: number }
  | { readonly kind: 'stopped' }

export interface PartitionEnd {
  readonly topic: string
  readonly partition: number
  readonly low: number
  readonly end: number
}

/** A whole batch of the log that cannot be read: unknown codec, damaged. `position` is that of its first record. */
export interface UnreadableBatch {
  readonly position: Position
  /** One sentence for the operator, with the number of records. */
  readonly reason: string
  readonly goOnFrom: StoredPosition
}

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * Done when it returns, or, where storage takes its time, when the promise resolves: meanwhile more is fetched, but
 * nothing more of the same partition is handed over.
 */
export type Done = Promise<void> | void

/**
 * What a stream needs from the house. Nothing here may throw, except `batch`, `gap`, `unreadable` and `beforeSession`
 * when storage fails, and the first three `PositionMoved`.
 */
export interface StreamHandlers {
  /**
   * The stored position, from memory; `undefined` for a partition never read (it is read from its beginning). May be
   * older than the truth where others read the same group: then `batch` passes over what is stored, and this answers
   * with the truth afterwards.
   */
  readonly position: (topic: string, partition: number) => StoredPosition | undefined
  /** Stores the batch and its position in one transaction. */
  readonly batch: (batch: RawBatch) => Done
  /**
   * Records were lost to this reader: stored with the position to go on from, in one transaction. It follows from the
   * position `stored`: where others read the same group and that is not the stored one any more, `PositionMoved`.
   */
  readonly gap: (gap: GapRecord, goOnFrom: StoredPosition, stored: StoredPosition) => Done
  /** To be rejected, counted and passed by: stored with the position to go on from, in one transaction. */
  readonly unreadable: (batch: UnreadableBatch) => Done
  /** Before each join of a new session: time to read the positions that others moved. */
  readonly beforeSession?: () => Promise<void>
  /** Partitions that this member of a group reads from now on; none at the end of a session. */
  readonly assigned?: (partitions: readonly TopicPartition[]) => void
  /** Topics that say how the others are to be judged: read to their end before the others, in each session. */
  readonly isFirst?: (topic: string) => boolean
  readonly status: (status: StreamStatus) => void
  /** Ends of all partitions, every watchdog round (15 s) and at every connect: lag comes from here. */
  readonly ends: (ends: readonly PartitionEnd[]) => void
}

/** A source of records behind our own interface, so that another Kafka client can take the place of this one. */
export interface Stream {
  start(): void
  /** Tries to connect at once instead of waiting for the back-off. */
  retryNow(): void
  stop(): Promise<void>
}
