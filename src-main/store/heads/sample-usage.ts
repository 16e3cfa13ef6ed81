import type { NodeUsage, SampleUsage } from '../../threads/cache-usage.ts'
import type { Dictionary, StoredNode } from './dictionary.ts'

/** All of it is in memory: the page asks every few seconds. Nodes without a record are not counted. */
export function usageOf(dictionary: Dictionary, most: number): Omit<SampleUsage, 'journal' | 'values'> {
  let [chunks, series, nodes, oldest] = [0, 0, 0, Infinity]
  const largest: NodeUsage[] = []
  for (const node of dictionary.nodes()) {
    const { row, head, base } = node
    if (head.count === 0 && !base) continue
    const own = seriesOf(node)
    nodes++
    series += own
    chunks += row.bytes
    if (head.count > 0) oldest = Math.min(oldest, head.t0)
    largest.push({ id: row.id, name: row.name, series: own, bytes: row.bytes })
  }
  largest.sort((a, b) => b.bytes - a.bytes)
  return {
    chunks,
    nodes,
    series,
    largest: largest.slice(0, most),
    oldestInHeads: oldest === Infinity ? null : oldest,
  }
}

function seriesOf({ head, base }: StoredNode): number {
  if (!base) return head.metrics.length
  return base.values.size + head.metrics.filter((metric) => !base.values.has(metric)).length
}
