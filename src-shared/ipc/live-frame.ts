import { z } from 'zod'

const node = z.strictObject({ id: z.string(), name: z.string() })
const indexes = z.instanceof(Uint32Array)
const numbers = z.instanceof(Float64Array)

/**
 * Names for the indexes in a frame. The lists only grow, so an index stays valid until a node is forgotten: then a number
 * of `seq` is left out. A block is one part of one node, with the metrics that the part sends: a node has some of the
 * metrics, never all, so there is no table of nodes and metrics.
 */
export const LiveDirectory = z.strictObject({
  nodes: z.array(node),
  metrics: z.array(z.string()),
  /** `units[i]` belongs to `metrics[i]`; '' if unknown. */
  units: z.array(z.string()),
  /** Lists of metrics. Parts of many nodes share one. */
  lists: z.array(indexes),
  /** By block: its node, and its list. */
  blockNode: indexes,
  blockList: indexes,
})
export type LiveDirectory = z.infer<typeof LiveDirectory>

/** What a directory has more than in the previous frame. A snapshot in between may have some of it already. */
export const LiveGrowth = z.strictObject({
  /** All nodes, if any is new or has a new name. */
  nodes: z.array(node).optional(),
  /** All units, if a known one is another. */
  units: z.array(z.string()).optional(),
  /** Index of the first of the new metrics. */
  metricsFrom: z.number(),
  metrics: z.array(z.string()),
  unitsOfMetrics: z.array(z.string()),
  listsFrom: z.number(),
  lists: z.array(indexes),
  /** Blocks that are new or have another list: block, node and list of each, in a row. */
  blocks: indexes,
})
export type LiveGrowth = z.infer<typeof LiveGrowth>

/**
 * Newest values of the blocks that changed since the previous frame. For the i-th changed block:
 * - `blocks[i]`: its index
 * - `at[i]`: its event time, epoch ms
 * - `intervals[i]`: its observed interval, ms; NaN while it is unknown
 *
 * Their values follow each other in `values`, in the order of their lists; NaN if a metric was never seen. `growth` is
 * present only if the directory grew. A gap in `seq` means a lost frame: request a snapshot.
 */
export const LiveFrame = z.strictObject({
  seq: z.number(),
  blocks: indexes,
  at: numbers,
  intervals: numbers,
  values: numbers,
  growth: LiveGrowth.optional(),
})
export type LiveFrame = z.infer<typeof LiveFrame>

/** One metric of one node over a range. `points` columns; `NaN` in `min` and `max` marks a gap. Times are epoch ms. */
export const SeriesColumns = z.strictObject({
  metric: z.string(),
  at: z.instanceof(Float64Array),
  min: z.instanceof(Float64Array),
  max: z.instanceof(Float64Array),
  last: z.instanceof(Float64Array),
})
export type SeriesColumns = z.infer<typeof SeriesColumns>
