import { knownMetrics } from '#shared/metric/units.ts'
import type { Directory } from '#shared/ipc/live.ts'

/** What cards and the selected node show: the four that every node sends. */
export const cardMetrics = knownMetrics.map(({ name }) => name)

/** Sparklines show the last five minutes: what has just changed, and a line that is full soon after a first start. */
export const sparklineRangeMs = 5 * 60_000
export const sparklinePoints = 150

/** Unit of a metric as the directory knows it. */
export function unitIn(directory: Directory, metric: string): string {
  return directory.units[directory.metrics.indexOf(metric)] ?? ''
}
