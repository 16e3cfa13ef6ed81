import { knownMetrics } from '#shared/metric/metric-info.ts'
import type { LiveDirectory } from '#shared/ipc/live-frame.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import { LiveSeries } from '../../live/series/live-series.svelte.ts'

/** The four metrics that every node sends, for cards and the selected node. */
export const cardMetrics = knownMetrics.map(({ name }) => name)

/** Sparklines show the last five minutes: recent changes, and a full line soon after a first start. */
export const sparklineRangeMs = 5 * 60_000
const sparklinePoints = 150

/** The samples behind the sparklines of a node. */
export function cardSeries({ bridge, store }: AppState, nodeId: string): LiveSeries {
  return new LiveSeries(bridge, store, {
    nodeId,
    metrics: cardMetrics,
    rangeMs: sparklineRangeMs,
    points: sparklinePoints,
  })
}

/** Unit of a metric from the directory. */
export function directoryUnit(directory: LiveDirectory, metric: string): string {
  return directory.units[directory.metrics.indexOf(metric)] ?? ''
}
