import type { NodeUsage, SampleUsage } from '../../threads/cache-usage.ts'
import type { Dictionary } from './dictionary.ts'
import type { StoredNode } from './stored-part.ts'

/** All of it is in memory: the page asks every few seconds. Nodes without a record are not counted. */
export function usageOf(dictionary: Dictionary, most: number): Omit<SampleUsage, 'journal' | 'values'> {
  let [chunks, series, nodes, oldest] = [0, 0, 0, Infinity]
  const largest: NodeUsage[] = []
  for (const node of dictionary.nodes()) {
    const { own, bytes, first } = usageOfNode(node)
    if (own === 0) continue
    nodes++
    series += own
    chunks += bytes
    oldest = Math.min(oldest, first)
    largest.push({ id: node.id, name: node.name, series: own, bytes })
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

/** `first`: event time of the oldest record in heads; Infinity without one. */
function usageOfNode({ parts }: StoredNode): { readonly own: number; readonly bytes: number; readonly first: number } {
  let [bytes, first] = [0, Infinity]
  const metrics = new Set<number>()
  for (const { row, head, base } of parts.values()) {
    if (head.count === 0 && !base) continue
    bytes += row.bytes
    if (head.count > 0) first = Math.min(first, head.t0)
    for (const metric of head.metrics) metrics.add(metric)
    for (const metric of base?.values.keys() ?? []) metrics.add(metric)
  }
  return { own: metrics.size, bytes, first }
}
