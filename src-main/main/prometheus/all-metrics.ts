import { freshnessOf } from '#shared/health/freshness.ts'
import type { LiveTable } from '#shared/ipc/live-table.ts'
import { knownMetrics } from '#shared/metric/metric-info.ts'
import { parseMetricName, type Tag } from '#shared/metric/metric-name.ts'

/** A scrape of more series takes longer than Prometheus and this console should spend on it. */
export const mostMetricSeries = 10_000

interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

/** Current values of one scrape. */
export interface MetricSeries {
  readonly values: readonly Value[]
  /** Series that there is no room for. */
  readonly left: number
}

const ownNames: ReadonlySet<string> = new Set(knownMetrics.map(({ name }) => name))

/**
 * The values of all metrics but those with names of their own, in the unit of their producer. What is not current has no
 * series. The nodes and parts that this console saw first have series, so that a series does not appear and disappear.
 * @param now epoch ms
 */
export function metricSeries(table: LiveTable, nodes: number, now: number): MetricSeries {
  const { directory } = table
  const names = directory.metrics.map((name) => (ownNames.has(name) ? undefined : labelsOf(name)))
  const values: Value[] = []
  let left = 0
  for (let node = 0; node < nodes; node++) {
    const { id = '' } = directory.nodes[node] ?? {}
    for (const metric of table.metricsOf(node)) {
      const labels = names[metric]
      if (labels === undefined) continue
      const { value, at, intervalMs } = table.timed(node, metric)
      if (freshnessOf(at, intervalMs, now) !== 'fresh') continue
      if (values.length >= mostMetricSeries) left++
      else values.push({ value, labels: { node: id, ...labels } })
    }
  }
  return { values, left }
}

/** `metric` is the name without tags. A tag has the prefix `tag_`: `node` of a tag is not the node of the sample. */
function labelsOf(name: string): Readonly<Record<string, string>> {
  const { base, tags } = parseMetricName(name)
  const labels: Record<string, string> = { metric: base }
  for (const [key, value] of tags) labels[freeLabel(labels, key)] = value
  return labels
}

/** Two tags must not become one label, because that would make two series one. */
function freeLabel(labels: Readonly<Record<string, string>>, key: Tag[0]): string {
  const label = `tag_${key.replaceAll(/[^A-Za-z0-9_]/g, '_')}`
  let free = label
  for (let n = 2; Object.hasOwn(labels, free); n++) free = `${label}_${n}`
  return free
}
