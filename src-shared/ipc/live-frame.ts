import { z } from 'zod'

const node = z.strictObject({ id: z.string(), name: z.string() })

/**
 * Names for the indexes in a frame. Both lists only grow, so an index stays valid until a node is
 * forgotten: then a number of `seq` is left out. `units[i]` belongs to
 * `metrics[i]`; '' if unknown.
 */
export const LiveDirectory = z.strictObject({
  nodes: z.array(node),
  metrics: z.array(z.string()),
  units: z.array(z.string()),
})
export type LiveDirectory = z.infer<typeof LiveDirectory>

/**
 * Newest values of the nodes that changed since the previous frame. For the i-th changed node:
 * - `nodes[i]`: its index
 * - `at[i]`: its event time, epoch ms
 * - `intervals[i]`: its observed interval, ms
 * - `values[i * width + m]`: the value of metric m; NaN if it was never seen
 *
 * `directory` is present only when it grew. A gap in `seq` means a lost frame: request a snapshot.
 */
export const LiveFrame = z.strictObject({
  seq: z.number(),
  width: z.number(),
  nodes: z.instanceof(Uint32Array),
  at: z.instanceof(Float64Array),
  intervals: z.instanceof(Float64Array),
  values: z.instanceof(Float64Array),
  directory: LiveDirectory.optional(),
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
