import { type Anchor, wholeNode } from '#shared/alert/series.ts'
import { ownPart } from '#shared/evaluation/node-parts.ts'
import { columnsWhere, type NodeKey, type SampleBatch } from '#shared/metric/sample-columns.ts'
import { type ForgottenNode, hidesNothing, isNewRecord } from '#shared/team/forgotten-node.ts'
import type { BatchWrite } from '../../store/batch-write.ts'
import type { PartitionPositions } from '../ingest/partition-positions.ts'
import type { LatestNode, LatestPart } from '../../store/store-types.ts'

type SeriesRow = BatchWrite['series'][number]

/** More partitions than a node sends to. */
const partitionsAtMost = 64

/** The node, forgotten now at this console: all records that it has read are known. */
export function forgottenAsOf(
  node: Pick<ForgottenNode, 'nodeId' | 'by' | 'at'>,
  newest: readonly Anchor[],
  partitions: Pick<PartitionPositions, 'position'>,
): ForgottenNode {
  const lastSeen = newest.reduce((latest, { at }) => Math.max(latest, at), 0)
  const read = new Map(newest.map(({ position }) => [`${position.topic} ${position.partition}`, position]))
  const readTo = [...read.values()].map(({ topic, partition, offset }) => {
    return { topic, partition, next: partitions.position(topic, partition)?.next ?? offset + 1 }
  })
  return { ...node, lastSeen, readTo: readTo.slice(0, partitionsAtMost) }
}

/**
 * Nodes that a person removed, and which of them are hidden: those without a record that came after. Follows from the
 * stored rows and the newest records alone, so a restart and a late joiner find the same. Changes are staged until
 * `commit`; `rollback` discards them.
 */
export class ForgottenNodes {
  readonly #known: Map<string, ForgottenNode>
  readonly #hidden = new Set<string>()
  readonly #staged = new Map<string, ForgottenNode>()
  /** Staged nodes that sent a newer record, so that they stay in the lists. */
  readonly #staying = new Set<string>()
  readonly #returned = new Set<string>()
  #isCleared = false

  /** @param series newest records of the cache */
  constructor(stored: readonly ForgottenNode[], series: readonly SeriesRow[]) {
    this.#known = new Map(stored.map((node) => [node.nodeId, node]))
    for (const nodeId of this.#known.keys()) this.#hidden.add(nodeId)
    for (const row of this.#known.size === 0 ? [] : series) if (this.#isPresent(row)) this.#hidden.delete(row.nodeId)
  }

  /** The series without those of which nothing came since their node was forgotten: they start again. */
  presentSeries(series: readonly SeriesRow[]): readonly SeriesRow[] {
    return this.#known.size === 0 ? series : series.filter((row) => this.#isPresent(row))
  }

  /** The nodes that are not hidden, with the metrics that they have. */
  presentNodes(nodes: readonly LatestNode[], series: readonly SeriesRow[]): readonly LatestNode[] {
    if (this.#known.size === 0) return nodes
    const present = this.#presentKeys(series)
    return nodes.flatMap((node) => {
      if (!this.#known.has(node.id)) return [node]
      return this.#hidden.has(node.id) ? [] : [withMetrics(node, (metric) => present.has(keyOf(node.id, metric)))]
    })
  }

  /** The parts of these nodes that sent since, with the metrics that they have. */
  presentParts(parts: readonly LatestPart[], series: readonly SeriesRow[]): readonly LatestPart[] {
    if (this.#known.size === 0) return parts
    const present = this.#presentKeys(series)
    return parts.flatMap((part) => {
      const { nodeId } = part
      if (!this.#known.has(nodeId)) return [part]
      const isGone =
        this.#hidden.has(nodeId) || (part.part !== ownPart && !present.has(keyOf(nodeId, wholeNode, part.part)))
      return isGone ? [] : [withMetrics(part, (metric) => present.has(keyOf(nodeId, metric)))]
    })
  }

  /**
   * Stages a forgotten node, unless a newer one is known.
   * @param newest newest records of its series here
   * @returns whether it leaves the lists
   */
  stage(node: ForgottenNode, newest: readonly Anchor[]): boolean {
    const { nodeId } = node
    const known = this.#staged.get(nodeId) ?? this.#known.get(nodeId)
    if (known !== undefined && known.at >= node.at) return false
    this.#staged.set(nodeId, node)
    this.#staying.delete(nodeId)
    const isBack = hidesNothing(node) || newest.some(({ at, position }) => isNewRecord(node, position, at))
    if (isBack) this.#staying.add(nodeId)
    return !isBack
  }

  /** Another team or another database: what the last one forgot is no longer forgotten. */
  stageClear(): void {
    this.#isCleared = true
  }

  /**
   * The samples without those that were known when their node was forgotten: they are history. The first newer one
   * brings the node back.
   */
  present(samples: SampleBatch): SampleBatch {
    if (this.#hidden.size === 0) return samples
    const { topic, partition, columns } = samples
    const { directory, node, offset, at } = columns
    const isPresent = (i: number): boolean => {
      const { id } = directory.nodes[node[i] as number] as NodeKey
      const forgotten = this.#hidden.has(id) && !this.#returned.has(id) ? this.#known.get(id) : undefined
      if (forgotten === undefined) return true
      const isNew = isNewRecord(forgotten, { topic, partition, offset: offset[i] as number }, at[i] as number)
      if (isNew) this.#returned.add(id)
      return isNew
    }
    const present = columnsWhere(columns, isPresent)
    return present.count === columns.count ? samples : { ...samples, columns: present }
  }

  /** Nodes that are back in this transaction. Their newest records are those that came now, whatever their times. */
  returned(): readonly string[] {
    return [...this.#returned]
  }

  /** For the transaction that stores them. */
  staged(): readonly ForgottenNode[] {
    return [...this.#staged.values()]
  }

  /** @returns the nodes that left the lists */
  commit(): readonly string[] {
    if (this.#isCleared) {
      this.#known.clear()
      this.#hidden.clear()
    }
    const gone = [...this.#staged.keys()].filter((nodeId) => !this.#staying.has(nodeId))
    for (const nodeId of this.#returned) this.#hidden.delete(nodeId)
    for (const nodeId of this.#staying) this.#hidden.delete(nodeId)
    for (const nodeId of gone) this.#hidden.add(nodeId)
    for (const [nodeId, node] of this.#staged) this.#known.set(nodeId, node)
    this.rollback()
    return gone
  }

  rollback(): void {
    this.#staged.clear()
    this.#staying.clear()
    this.#returned.clear()
    this.#isCleared = false
  }

  #presentKeys(series: readonly SeriesRow[]): ReadonlySet<string> {
    return new Set(this.presentSeries(series).map(({ nodeId, metric, part }) => keyOf(nodeId, metric, part)))
  }

  #isPresent({ nodeId, state: { last } }: SeriesRow): boolean {
    const forgotten = this.#known.get(nodeId)
    return forgotten === undefined || (last !== null && isNewRecord(forgotten, last.position, last.at))
  }
}

/** Of a series, of a node (`wholeNode`), or of one of its parts. */
function keyOf(nodeId: string, metric: string, part?: string): string {
  return JSON.stringify([nodeId, metric, part])
}

function withMetrics<T extends Pick<LatestPart, 'metrics' | 'values'>>(
  latest: T,
  isKept: (metric: string) => boolean,
): T {
  const kept = latest.metrics.flatMap((metric, i) => (isKept(metric) ? [i] : []))
  const pick = <V>(list: readonly V[]): V[] => kept.map((i) => list[i] as V)
  return { ...latest, metrics: pick(latest.metrics), values: pick(latest.values) }
}
