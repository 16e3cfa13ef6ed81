import { knownMetrics } from '#shared/metric/units.ts'
import type { Directory } from '#shared/ipc/live.ts'

/** What cards and the selected node show: the four that every node sends. */
export const cardMetrics = knownMetrics.map(({ name }) => name)

/** Sparklines show the last quarter of an hour. */
export const sparklineRangeMs = 15 * 60_000
export const sparklinePoints = 180

/** Unit of a metric as the directory knows it. */
export function unitIn(directory: Directory, metric: string): string {
  return directory.units[directory.metrics.indexOf(metric)] ?? ''
}
