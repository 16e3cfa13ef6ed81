import type { SeriesColumns } from '#shared/ipc/live-frame.ts'
import type { PreviewResult } from '#shared/preview/rule-preview.ts'
import type { Rule, RuleDraft } from '#shared/rule/rule.ts'
import type { StoredUsage } from './cache-usage.ts'
import type { HistoryReadCalls } from './history-read-calls.ts'

/** The `workerData` of the read thread. It receives a port to the data thread (`HeadCalls`) later. */
export interface ReadThreadOptions {
  readonly dataDir: string
}

export interface RangeReply {
  readonly from: number
  readonly to: number
  readonly series: SeriesColumns[]
  /** Event time of the oldest record in the cache, of the parts with these metrics, epoch ms; `null` without a record. */
  readonly cachedFrom: number | null
}

/** A rule to try on the cache, with the rules in effect. Event times, epoch ms. */
export interface PreviewRequest {
  readonly rules: readonly Rule[]
  /** The rule that the draft replaces; absent: a new one. */
  readonly id?: string
  readonly draft: RuleDraft
  readonly from: number
  readonly to: number
}

/** `result`: of the nodes that are done. */
export interface PreviewProgress {
  readonly done: number
  readonly total: number
  readonly result: PreviewResult
}

/** Calls that the main thread makes to the read thread. */
export interface ReadCalls extends HistoryReadCalls {
  /** Replaces the preview before. */
  'preview.begin': (request: PreviewRequest) => { id: number }
  /** Works for about `budgetMs`. Rejects with `not-found` if another preview has begun. */
  'preview.step': (request: { id: number; budgetMs: number }) => PreviewProgress
  'samples.range': (request: {
    nodeId: string
    from: number
    to: number
    metrics: readonly string[]
    points: number
  }) => RangeReply
  /** Days of event time in this zone. Counted again after 50 times the duration of the last count. */
  'cache.usage': (request: { zone: 'local' | 'utc' }) => StoredUsage
  /** Streams every record of one node in the range to a file; `rows` counts records. */
  'samples.export': (request: {
    nodeId: string
    /** Only these metrics; all if not given. */
    metrics?: readonly string[]
    from: number
    to: number
    path: string
    /** In which times are written. */
    zone: 'local' | 'utc'
  }) => { rows: number }
  /** Writes all rejected records to a file: JSON if its name ends so, else CSV. */
  'rejected.export': (request: { path: string; zone: 'local' | 'utc' }) => { rows: number }
}

/** Calls from the read thread to the data thread: the records of one node that are in no chunk yet. */
export interface HeadCalls {
  /** The parts that may have any of the metrics; all parts if not given. `null` for an unknown node. */
  'head.get': (request: { nodeId: string; metrics?: readonly string[] }) => SharedHead[] | null
}

/** The head of a part in memory of both threads, valid until it is marked as replaced (`store/heads/shared-rows.ts`). */
export interface SharedHead {
  /** Number of the part. */
  readonly part: number
  /** The part's number of chunks while this is its head. */
  readonly ordinal: number
  /** In the order of the values in a row. */
  readonly metrics: readonly string[]
  readonly memory: SharedArrayBuffer
}

/** Heads of parts of one node, by the number of the part. */
export type HeadCopies = ReadonlyMap<number, HeadCopy>

/** Records of a head. They include the records of chunks from `ordinal` on. */
export interface HeadCopy {
  readonly ordinal: number
  readonly metrics: readonly string[]
  /** Event time, epoch ms, in arrival order. */
  readonly at: Float64Array
  /** values[i * metrics.length + m]; NaN for a record without the metric. */
  readonly values: Float64Array
}
