import type { KnownSeries } from '#shared/metric/assemble/record-assembler.ts'
import type { Dictionary } from './dictionary.ts'

/** Names of the series of every node that are in parts. The part '' is that of ReMo's own format, which has no bounds. */
export function knownSeriesOf(dictionary: Dictionary): KnownSeries[] {
  return [...dictionary.nodes()].flatMap((node) => {
    const metrics = new Set<number>()
    for (const { row, head, base } of node.parts.values()) {
      if (row.part === '') continue
      for (const metric of head.metrics) metrics.add(metric)
      for (const metric of base?.values.keys() ?? []) metrics.add(metric)
    }
    const names = Array.from(metrics, (metric) => dictionary.metricName(metric))
    return names.length === 0 ? [] : [{ nodeId: node.id, names }]
  })
}
