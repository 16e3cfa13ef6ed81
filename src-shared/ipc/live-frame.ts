import { z } from 'zod'

const node = z.strictObject({ id: z.string(), name: z.string() })

/**
 * The nodes and metrics that the numbers in a frame mean. Both only ever grow within one run of the console, so an
 * index once given stays valid; `units[i]` belongs to `metrics[i]` and is '' where none is known.
 */
export const LiveDirectory = z.strictObject({
  nodes: z.array(node),
  metrics: z.array(z.string()),
  units: z.array(z.string()),
})
export type LiveDirectory = z.infer<typeof LiveDirectory>

/**
 * Newest values of the nodes that changed since the frame before: for the i-th changed node, `nodes[i]` is its
 * index, `at[i]` its event time (epoch ms), `intervals[i]` its observed interval (ms), and
 * `values[i * width + m]` the value of metric m (NaN: never seen). `directory` comes along only when it grew.
 * A gap in `seq` means that a frame was lost: ask for a snapshot.
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
