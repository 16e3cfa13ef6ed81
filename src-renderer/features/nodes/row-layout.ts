/** Sizes in pixels. */
interface Area {
  readonly width: number
  readonly height: number
}

/** How the metrics of a few nodes share an area. */
export interface RowLayout {
  /** Metrics beside each other. Further ones of a node continue below them. */
  readonly perLine: number
  /** The metrics of the first line have a column head, and every other metric a label of its own. */
  readonly columns: readonly string[]
}

/** The metrics of a fleet, those of most nodes first. */
export interface MetricCount {
  readonly name: string
  /** Nodes that have it. */
  readonly nodes: number
}

/** Least width of a metric; and of one that only few nodes have, for which no other one may become that narrow. */
const metricWidth = { least: 98, comfortable: 124 }
/** Width of the column with the node's name. */
export const nameWidth = { least: 140, most: 176 }
/** Least height of a line of metrics. */
export const lineHeight = 92
/** A drawing higher than this would be empty: metrics go on two lines. */
const highestLine = 400
/** Drawings of one node. More would be no overview; the page Metrics has all of them. */
const mostMetrics = 12

export function rowLayout(area: Area, nodes: number, metrics: readonly MetricCount[]): RowLayout {
  const room = Math.max(0, area.width - nameWidth.least)
  const fit = (width: number): number => Math.max(1, Math.floor(room / width))
  const common = metrics.filter((metric) => metric.nodes * 2 > nodes || metric.nodes === nodes)
  const all = metrics.length <= Math.min(mostMetrics, fit(metricWidth.comfortable))
  const columns = (all ? metrics : common).slice(0, Math.min(mostMetrics, fit(metricWidth.least)))
  const isHigh = area.height / Math.max(1, nodes) > highestLine && metrics.length > 1
  if (isHigh) return { perLine: Math.max(1, Math.ceil(Math.min(common.length, columns.length) / 2)), columns: [] }
  return { perLine: Math.max(1, columns.length), columns: columns.map(({ name }) => name) }
}

/**
 * What a row shows: a place for each column, and the other metrics of the node after them. `own`: metrics of the node,
 * the most urgent first.
 */
export function rowMetrics(
  { perLine, columns }: RowLayout,
  own: readonly string[],
): { readonly extra: readonly string[]; readonly more: number; readonly lines: number } {
  const others = own.filter((name) => !columns.includes(name))
  const extra = others.slice(0, Math.max(0, mostMetrics - columns.length))
  const lines = Math.max(1, Math.ceil((columns.length + extra.length) / perLine))
  return { extra, more: others.length - extra.length, lines }
}
