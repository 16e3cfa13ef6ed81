/** A sentence for the operator about the cache: repairs, and rows or records that were skipped. */
export interface StoreNotice {
  readonly id: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly text: string
}

/** Newest known values of one node. `values[i]` belongs to `metrics[i]`. */
export interface LatestNode {
  readonly id: string
  readonly name: string
  /** Newest event time, epoch ms. */
  readonly at: number
  /** Newest steps between its event times, ms, oldest first: those that the evaluator has. */
  readonly steps: readonly number[]
  readonly metrics: readonly string[]
  readonly values: readonly number[]
}

/** Newest known values of one part of a node. `values[i]` belongs to `metrics[i]`. */
export interface LatestPart {
  readonly nodeId: string
  readonly part: string
  /** Newest event time of the part, epoch ms. */
  readonly at: number
  /** Newest steps between its event times, ms, oldest first. */
  readonly steps: readonly number[]
  readonly metrics: readonly string[]
  readonly values: readonly number[]
}

export interface MetricEntry {
  readonly name: string
  /** Empty when no producer sent one. */
  readonly unit: string
}

/** A time in which monitoring was blind, epoch ms. `to`: `null` while it lasts. `cause`: one sentence. */
export interface BlindPeriod {
  readonly from: number
  readonly to: number | null
  readonly cause: string
}

export interface StoreStats {
  /** What the data takes: pages of the database in use. */
  readonly bytes: number
  /** Files on disk: also free pages, and the write-ahead log, which is used again. */
  readonly diskBytes: number
  /** Stored values: records times metrics. */
  readonly samples: number
  readonly nodes: number
}
