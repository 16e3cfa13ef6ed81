/** A sentence for the operator about something that the store had to do by itself. */
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
  /** Observed time between two records; `null` when there was only one. */
  readonly intervalMs: number | null
  readonly metrics: readonly string[]
  readonly values: readonly number[]
}

export interface MetricEntry {
  readonly name: string
  /** '' when no producer named one. */
  readonly unit: string
}

export interface StoreStats {
  /** Database and write-ahead log on disk. */
  readonly bytes: number
  /** Values kept: records times metrics. */
  readonly samples: number
  readonly nodes: number
}
