import { knownMetrics } from '#shared/metric/metric-info.ts'
import type { MetricInfo } from '#shared/metric/metric-info.ts'
import type { MetricRule } from '#shared/rule/rule.ts'
import type { LiveDirectory } from '#shared/ipc/live-frame.ts'
import type { AppState } from '../../live/app-state.svelte.ts'
import type { LiveStore } from '../../live/frames/live-store.svelte.ts'
import { LiveSeries } from '../../live/series/live-series.svelte.ts'
import type { SeriesRing } from '../../live/series/series-ring.ts'
import type { SparklineLevel } from '../../ui/values/draw-sparkline.ts'
import { valueAxis, type ValueAxis } from '../../ui/values/value-axis.ts'
import type { FleetRow } from './fleet.svelte.ts'
import type { MetricCount } from './row-layout.ts'

/** The four metrics that the producers of ReMo send. */
export const cardMetrics = knownMetrics.map(({ name }) => name)

/** Sparklines show the last five minutes: recent changes, and a full line soon after a first start. */
export const sparklineRangeMs = 5 * 60_000
const sparklinePoints = 150

/** The samples behind the sparklines of a node. */
export function sparklineSeries(
  { bridge, store }: AppState,
  nodeId: string,
  metrics: readonly string[] = cardMetrics,
): LiveSeries {
  return new LiveSeries(bridge, store, {
    nodeId,
    metrics,
    rangeMs: sparklineRangeMs,
    points: sparklinePoints,
  })
}

/** Unit of a metric from the directory. */
export function directoryUnit(directory: LiveDirectory, metric: string): string {
  return directory.units[directory.metrics.indexOf(metric)] ?? ''
}

/** The levels of a rule as lines. */
export function levelsOf(rule: MetricRule | undefined): readonly SparklineLevel[] {
  const { warning, critical } = rule ?? {}
  return [
    ...(warning === undefined ? [] : [{ severity: 'warning', value: warning } as const]),
    ...(critical === undefined ? [] : [{ severity: 'critical', value: critical } as const]),
  ]
}

/** The axis of a sparkline: all values since `from` (epoch ms) and all levels are on it. */
export function sparklineAxis(
  ring: SeriesRing,
  from: number,
  { metric, levels }: { readonly metric: MetricInfo; readonly levels: readonly SparklineLevel[] },
): ValueAxis {
  const values = ring.extent(from)
  const { low, high } = levels.reduce(
    (range, { value }) => ({ low: Math.min(range.low, value), high: Math.max(range.high, value) }),
    values,
  )
  return valueAxis({ low, high, unit: metric.unit, max: metric.max, splits: 4 })
}

/** Place among the metrics that ReMo knows; all others come behind them. */
function knownRank(metric: string): number {
  const known = cardMetrics.indexOf(metric)
  return known === -1 ? cardMetrics.length : known
}

/** The metrics that nodes have: those that ReMo knows first, then by name. */
export function fleetMetrics(store: LiveStore): readonly MetricCount[] {
  const counts = store.counts()
  return store.directory.metrics
    .map((name, metric) => ({ name, nodes: counts[metric] ?? 0 }))
    .filter((metric) => metric.nodes > 0)
    .sort((a, b) => knownRank(a.name) - knownRank(b.name) || (a.name < b.name ? -1 : 1))
}

/** Those of `metrics` that the node has: what needs attention, then those that ReMo knows, then the others. */
export function nodeMetrics(store: LiveStore, node: FleetRow, metrics: readonly string[]): readonly string[] {
  const urgent = (metric: string): boolean =>
    node.alerts.byMetric.has(metric) || node.pending.some((alert) => alert.metric === metric)
  const has = new Set(store.metricsOf(node.index))
  const own = metrics.filter((metric) => has.has(store.metricIndex(metric)))
  const rank = (metric: string): number => (urgent(metric) ? 0 : 1)
  return own.toSorted((a, b) => rank(a) - rank(b) || knownRank(a) - knownRank(b))
}
