import { knownMetrics } from '#shared/metric/units.ts'
import type { Directory } from '#shared/ipc/live.ts'
import type { LiveData } from '../../live/live-data.svelte.ts'
import { SeriesWindow } from '../../live/series-window.svelte.ts'

/** What cards and the selected node show: the four that every node sends. */
export const cardMetrics = knownMetrics.map(({ name }) => name)

/** Sparklines show the last five minutes: what has just changed, and a line that is full soon after a first start. */
export const sparklineRangeMs = 5 * 60_000
const sparklinePoints = 150

/** The samples behind the sparklines of a node. */
export function cardSeries({ bridge, store }: LiveData, nodeId: string): SeriesWindow {
  return new SeriesWindow(bridge, store, {
    nodeId,
    metrics: cardMetrics,
    rangeMs: sparklineRangeMs,
    points: sparklinePoints,
  })
}

/** Unit of a metric as the directory knows it. */
export function unitIn(directory: Directory, metric: string): string {
  return directory.units[directory.metrics.indexOf(metric)] ?? ''
}
