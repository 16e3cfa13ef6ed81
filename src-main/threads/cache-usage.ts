import type { Retention } from '#shared/retention/retention.ts'

/** Bytes of the cache's files. `data`: pages in use, wherever they are: in the file or still in the log. */
export interface FileSizes {
  readonly data: number
  /** Pages that new data uses first. */
  readonly free: number
  readonly wal: number
  /** Database and write-ahead log. */
  readonly onDisk: number
}

/** What one node takes. `bytes`: of its chunks. */
export interface NodeUsage {
  readonly id: string
  readonly name: string
  readonly series: number
  readonly bytes: number
}

/** What the samples of all nodes take, bytes. */
export interface SampleUsage {
  readonly journal: number
  readonly chunks: number
  readonly nodes: number
  readonly series: number
  /** Stored values: records times metrics. */
  readonly values: number
  /** The nodes that take most. */
  readonly largest: readonly NodeUsage[]
  /** Event time of the oldest record that is in no chunk, epoch ms; `null` without one. */
  readonly oldestInHeads: number | null
}

/** What the cache takes, as the data thread knows it. */
export interface DataThreadUsage extends FileSizes, SampleUsage {
  readonly limits: Retention
  /** When the last compaction ended, epoch ms; `null` if there was none. */
  readonly compactedAt: number | null
}

/** Bytes of chunks that ended in one day. `at`: its first moment, epoch ms. */
export interface DayUsage {
  readonly at: number
  readonly bytes: number
}

/** What the read thread finds in the tables. */
export interface StoredUsage {
  /** Oldest first, without days that have nothing. */
  readonly days: readonly DayUsage[]
  /** Event time of the oldest record in a chunk, epoch ms; `null` without one. */
  readonly oldest: number | null
  readonly alerts: number
  /** Bytes of alerts, their timelines and rejected records. */
  readonly history: number
}
