import type { LatestNode, LatestPart } from '../store-types.ts'
import type { Dictionary } from './dictionary.ts'
import { presentValues } from './latest-values.ts'
import type { LatestChunked, StoredNode, StoredPart } from './stored-part.ts'

/** Newest values of every part that has any, in order of the numbers of the parts. */
export function latestOfParts(dictionary: Dictionary): LatestPart[] {
  const found: LatestPart[] = []
  for (const part of dictionary.parts()) {
    const latest = latestOf(part)
    if (!latest) continue
    const { at, intervalMs, values } = latest
    const { nodeId, part: name } = part.row
    const steps = stepsOr(part.times?.steps() ?? [], intervalMs)
    found.push({ nodeId, part: name, at, steps, ...listed(values, dictionary) })
  }
  return found
}

/** Newest values of every node that has any. Of a metric of several parts, the one of the newest part counts. */
export function latestOfNodes(dictionary: Dictionary): LatestNode[] {
  const found: LatestNode[] = []
  for (const node of dictionary.nodes()) {
    const latest = latestOfNode(node)
    if (!latest) continue
    const { at, intervalMs, values } = latest
    const { id, name } = node
    found.push({ id, name, at, steps: stepsOr(node.times.steps(), intervalMs), ...listed(values, dictionary) })
  }
  return found
}

type Latest = Pick<LatestChunked, 'at' | 'intervalMs' | 'values'>

function latestOf({ node, head, base }: StoredPart): Latest | null {
  if (head.count === 0 && !base) return null
  const { presentAt } = node
  return presentValues(head.records(head.count), base, presentAt === -Infinity ? Infinity : presentAt)
}

function latestOfNode({ parts }: StoredNode): Latest | null {
  const all: Latest[] = []
  for (const part of parts.values()) {
    const latest = latestOf(part)
    if (latest) all.push(latest)
  }
  const newest = all.reduce<Latest | null>((found, latest) => (found && found.at > latest.at ? found : latest), null)
  if (!newest || all.length === 1) return newest
  const values = new Map<number, number>()
  const inOrder = all.toSorted((a, b) => a.at - b.at)
  for (const latest of inOrder) for (const [metric, value] of latest.values) values.set(metric, value)
  return { at: newest.at, intervalMs: newest.intervalMs, values }
}

function stepsOr(steps: readonly number[], intervalMs: number | null): readonly number[] {
  return steps.length === 0 && intervalMs !== null ? [intervalMs] : steps
}

function listed(values: Latest['values'], dictionary: Dictionary): Pick<LatestNode, 'metrics' | 'values'> {
  return { metrics: [...values.keys()].map((metric) => dictionary.metricName(metric)), values: [...values.values()] }
}
