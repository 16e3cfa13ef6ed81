import { spreadMs, totalPart } from '#shared/metric/assemble/assembler.ts'
import { columnsWhere, type Layout, type NodeKey, type SampleColumns } from '#shared/metric/sample-columns.ts'
import type { Db } from '../../db/db.ts'
import { type AddingPartition, readAddingPartitions } from '../counters/counters-repo.ts'
import type { NodeState } from '../nodes/node-state.ts'
import type { IngestBatch } from './ingest-batch.ts'

/** Whether another replica has partitions of the topic. */
export type HasOthers = (topic: string) => boolean

/**
 * Leaves out totals of nodes whose records come from several partitions. The assembler does that for the partitions of
 * its replica; those of other replicas are in the database. The rows of the nodes are locked, so none is missed.
 */
export async function withoutSpreadTotals(
  db: Db,
  batches: readonly IngestBatch[],
  { nodes, hasOthers }: { readonly nodes: ReadonlyMap<string, NodeState>; readonly hasOthers: HasOthers },
): Promise<readonly IngestBatch[]> {
  const totals = new Map(batches.map((batch) => [batch, nodesWithTotals(batch.columns)]))
  for (const [batch, { length }] of totals) if (length > 0 && !hasOthers(batch.topic)) totals.set(batch, [])
  const ids = new Set([...totals.values()].flatMap((nodeIds) => nodeIds.map((nodeId) => nodes.get(nodeId)?.id ?? -1)))
  if (ids.size === 0) return batches
  const adding = Map.groupBy(await readAddingPartitions(db, [...ids]), ({ node }) => node)
  return batches.map((batch) => {
    if (totals.get(batch)?.length === 0) return batch
    return withoutTotals(batch, (nodeId, at) => isSpread(batch, adding.get(nodes.get(nodeId)?.id ?? -1), at))
  })
}

function nodesWithTotals({ directory, layout, node, count }: SampleColumns): string[] {
  const found = new Set<string>()
  for (let i = 0; i < count; i++) {
    const { part, names } = directory.layouts[layout[i] as number] as Layout
    if (part === totalPart && names.length > 0) found.add((directory.nodes[node[i] as number] as NodeKey).id)
  }
  return [...found]
}

function isSpread({ topic, partition }: IngestBatch, adding: readonly AddingPartition[] = [], at: number): boolean {
  return adding.some((other) => other.topic === topic && other.partition !== partition && other.seen >= at - spreadMs)
}

function withoutTotals(batch: IngestBatch, isLeftOut: (nodeId: string, at: number) => boolean): IngestBatch {
  const { columns, tally } = batch
  const spread = new Set(tally?.spread)
  const kept = columnsWhere(columns, (i) => {
    const { part } = columns.directory.layouts[columns.layout[i] as number] as Layout
    if (part !== totalPart) return true
    const { id } = columns.directory.nodes[columns.node[i] as number] as NodeKey
    if (!isLeftOut(id, columns.at[i] as number)) return true
    spread.add(id)
    return false
  })
  if (kept.count === columns.count) return batch
  return { ...batch, columns: kept, tally: tally && { ...tally, spread } }
}
