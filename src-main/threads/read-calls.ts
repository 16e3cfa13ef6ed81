import type { SeriesColumns } from '#shared/ipc/live-frame.ts'

/** Handed to the read thread as `workerData`; `head.get` is a port to the data thread (`HeadCalls`). */
export interface ReadThreadOptions {
  readonly dataDir: string
}

export interface RangeReply {
  readonly from: number
  readonly to: number
  readonly series: SeriesColumns[]
  /** Event time of the oldest record that the cache has of the node, epoch ms; null: none at all. */
  readonly cachedFrom: number | null
}

/** Calls that the main thread makes to the read thread. */
export interface ReadCalls {
  'samples.range': (request: {
    nodeId: string
    from: number
    to: number
    metrics: readonly string[]
    points: number
  }) => RangeReply
  /** Streams every record of one node in the range to a file; `rows` counts records. */
  'samples.export': (request: { nodeId: string; from: number; to: number; path: string }) => { rows: number }
}

/**
 * What the read thread asks the data thread: the records of one node that are not in a chunk yet. `ordinal` is the
 * number of chunks that the node had when the copy was made: chunks from that ordinal on are in the copy already.
 */
export interface HeadCalls {
  'head.get': (request: { nodeId: string }) => HeadCopy | null
}

export interface HeadCopy {
  readonly ordinal: number
  readonly metrics: readonly string[]
  /** Event time, epoch ms, in arrival order. */
  readonly at: Float64Array
  /** values[i * metrics.length + m]; NaN where the record had no such metric. */
  readonly values: Float64Array
}
